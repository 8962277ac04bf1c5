#define DOCTEST_CONFIG_IMPLEMENT
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

#include <doctest/doctest.h>
#include <pqxx/pqxx>
#include <unistd.h>

#include "daemon/database/migrate.hpp"
#include "daemon/database/private_postgres.hpp"
#include "tests/postgres/cluster.hpp"

namespace releasehealth::test {
namespace {

std::string cluster_dsn;
constexpr const char* template_name = "pattern";

std::string dsn_of(const std::string& name) { return cluster_dsn + " dbname=" + name; }

void administer(const std::string& statement) {
  pqxx::connection c(cluster_dsn);
  pqxx::nontransaction(c).exec(statement);
}

}

temporary_folder::temporary_folder() {
  std::string name = "/tmp/rh-test-XXXXXX";
  if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
  path_ = name;
  std::filesystem::permissions(path_, std::filesystem::perms(0711));  // PostgreSQL may run under another user
}
temporary_folder::~temporary_folder() {
  std::error_code ec;
  std::filesystem::remove_all(path_, ec);
}

struct database::connected {
  pqxx::connection connection;
  explicit connected(const std::string& dsn) : connection(dsn) {}
};

database::database() {
  static int count = 0;
  name_ = "test_" + std::to_string(getpid()) + '_' + std::to_string(++count);
  administer("CREATE DATABASE " + name_ + " TEMPLATE " + template_name);
  connected_ = std::make_unique<connected>(dsn_of(name_));
}
database::~database() {
  connected_.reset();
  try {
    administer("DROP DATABASE " + name_ + " WITH (FORCE)");
  } catch (const std::exception& e) {
    std::cerr << e.what() << '\n';
  }
}
std::vector<std::string> database::derived_tables() const {
  std::vector<std::string> all;
  std::istringstream names(query("SELECT unnest(derived_tables())"));
  for (std::string name; std::getline(names, name);) all.push_back(name);
  return all;
}

void database::empty() const {
  std::string all;
  for (const auto table : {"delivery", "event", "touched", "derived_by"})
    all += std::string("DELETE FROM ") + table + ';';
  for (const auto& table : derived_tables()) all += std::string("DELETE FROM ") + table + ';';
  query(all + "SELECT 1");
}

std::string database::derived() const {
  std::string all;
  for (const auto& table : derived_tables())
    all += std::string(all.empty() ? "" : " UNION ALL ") + "SELECT '" + table +
           "' AS t, to_jsonb(r) - 'generation' AS r FROM " + table + " AS r";
  return query(all + " ORDER BY t, r");
}

session database::where() const { return {.dsn = dsn_of(name_), .application = "test"}; }

std::string database::query(const std::string& sql) const {
  pqxx::nontransaction work(connected_->connection);
  std::string out;
  for (const auto& row : work.exec(sql)) {
    if (!out.empty()) out += '\n';
    for (pqxx::row_size_type i = 0; i < row.size(); ++i)
      out += (i ? "|" : "") + std::string(row[i].is_null() ? "-" : row[i].c_str());
  }
  return out;
}

}

namespace {

using namespace releasehealth;

// A private PostgreSQL with the template database that every test copies.
ledger::private_postgres make_cluster(const std::filesystem::path& folder) {
  auto cluster = ledger::private_postgres::use(folder, true, [](const std::string&) {});
  test::cluster_dsn = cluster.dsn();
  test::administer(std::string("CREATE DATABASE ") + test::template_name);
  ledger::migrate({.dsn = test::dsn_of(test::template_name), .application = "template"});
  return cluster;
}

// For test files that run in parallel: keeps a cluster running until SIGTERM or SIGINT. Its DSN is in FOLDER/dsn.
int keep_cluster(const std::filesystem::path& folder) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  const auto cluster = make_cluster(folder);
  std::ofstream(folder / "dsn.new") << test::cluster_dsn;
  std::filesystem::rename(folder / "dsn.new", folder / "dsn");
  int ended = 0;
  return sigwait(&ends, &ended);
}

}

// postgres [DOCTEST OPTIONS]      runs tests on the cluster in the folder RELEASEHEALTH_TEST_CLUSTER or a private one
// postgres --cluster FOLDER       runs that cluster
int main(int count, char** words) {
  std::signal(SIGPIPE, SIG_IGN);
  if (count == 3 && std::string_view(words[1]) == "--cluster") return keep_cluster(words[2]);
  if (const char* shared = std::getenv("RELEASEHEALTH_TEST_CLUSTER")) {
    std::getline(std::ifstream(std::filesystem::path(shared) / "dsn"), test::cluster_dsn);
    return doctest::Context(count, words).run();
  }
  const test::temporary_folder folder;
  const auto cluster = make_cluster(folder.path());
  return doctest::Context(count, words).run();
}
