#include "daemon/database/private_postgres.hpp"

#include <atomic>
#include <fstream>
#include <optional>
#include <thread>

#include <pqxx/pqxx>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/check.hpp"
#include "tests/postgres/cluster.hpp"

using namespace releasehealth;
using namespace releasehealth::test;
using ledger::private_postgres;

namespace {

const private_postgres::progress quiet = [](const std::string&) {};

std::string ask(const private_postgres& p, const std::string& sql) {
  pqxx::connection c(p.dsn());
  const auto rows = pqxx::nontransaction(c).exec(sql);
  return rows.empty() ? std::string() : std::string(rows[0][0].c_str());
}

pid_t server_pid(const std::filesystem::path& state) {
  std::ifstream in(state / "postgresql/data/postmaster.pid");
  pid_t pid = 0;
  in >> pid;
  return pid;
}

/// A process that serves from `state` until it is killed.
pid_t serve_in_child(const std::filesystem::path& state) {
  const pid_t child = fork();
  if (child != 0) return child;
  try {
    const auto p = private_postgres::use(state, true, quiet);
    ask(p, "CREATE TABLE kept AS SELECT 7 AS n");
    std::ofstream(state / "serving") << "yes";
    for (;;) pause();
  } catch (const std::exception&) {
  }
  _exit(1);
}

void wait_for(const std::filesystem::path& file) {
  for (int i = 0; i < 600 && !std::filesystem::exists(file); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  REQUIRE(std::filesystem::exists(file));
}

}

TEST_SUITE("postgres") {
  TEST_CASE("the private PostgreSQL listens on a Unix socket only, with durability, and never as root") {
    const temporary_folder state;
    const auto p = private_postgres::use(state.path(), true, quiet);
    CHECK(p.is_owner());
    CHECK(ask(p, "SELECT current_setting('listen_addresses')").empty());
    CHECK(ask(p,
              "SELECT current_setting('fsync') || current_setting('synchronous_commit') || "
              "current_setting('full_page_writes')") == "ononon");
    std::ifstream status("/proc/" + std::to_string(server_pid(state.path())) + "/status");
    for (std::string line; std::getline(status, line);)
      if (line.starts_with("Uid:")) CHECK(line.find("\t0\t") == line.npos);
  }

  TEST_CASE("the private PostgreSQL keeps its data across restarts, and stops with its owner") {
    const temporary_folder state;
    pid_t pid = 0;
    {
      const auto p = private_postgres::use(state.path(), true, quiet);
      ask(p, "CREATE TABLE kept AS SELECT 7 AS n");
      pid = server_pid(state.path());
    }
    CHECK(server_pid(state.path()) == 0);
    CHECK(pid > 0);
    CHECK(ask(private_postgres::use(state.path(), false, quiet), "SELECT n FROM kept") == "7");
  }

  TEST_CASE("the private PostgreSQL survives kill -9 of its owner and of itself with a stale pid file") {
    const temporary_folder state;
    const auto child = serve_in_child(state.path());
    wait_for(state.path() / "serving");
    const auto server = server_pid(state.path());
    SUBCASE("the owner") {}
    SUBCASE("owner and server") { kill(server, SIGKILL); }
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    CHECK(ask(private_postgres::use(state.path(), true, quiet), "SELECT n FROM kept") == "7");
  }

  TEST_CASE("the initdb of a killed daemon that deletes its folder does not disturb a new one") {
    const temporary_folder state;
    const auto left = state.path() / "postgresql/data.partial";
    std::atomic<bool> done = false;
    std::thread clearing([&] {  // as initdb does when it is interrupted, a little later
      std::error_code ignored;
      while (!done) std::filesystem::remove_all(left, ignored);
    });
    std::error_code cleared_meanwhile;
    std::filesystem::create_directories(left / "base", cleared_meanwhile);
    std::optional<private_postgres> p;
    CHECK_NOTHROW(p.emplace(private_postgres::use(state.path(), true, quiet)));
    done = true;
    clearing.join();
    REQUIRE(p);
    CHECK(ask(*p, "SELECT 1") == "1");
    for (const auto& entry : std::filesystem::directory_iterator(state.path() / "postgresql"))
      CHECK_FALSE(entry.path().filename().string().starts_with("data.partial"));
  }

  TEST_CASE("pid files that now name another program, as after a power loss, are ignored") {
    const temporary_folder state, other;
    { const auto p = private_postgres::use(state.path(), true, quiet); }
    const auto neighbour = private_postgres::use(other.path(), true, quiet);  // of the same user
    for (const auto* file : {"postgresql/data/postmaster.pid", "postgresql/.s.PGSQL.5432.lock"})
      std::ofstream(state.path() / file) << server_pid(other.path()) << "\n"
                                         << (state.path() / "postgresql/data").string() << "\n";
    CHECK(ask(private_postgres::use(state.path(), true, quiet), "SELECT 1") == "1");
  }

  TEST_CASE("a command uses the daemon's private PostgreSQL, and two daemons exclude each other") {
    const temporary_folder state;
    const auto daemon = private_postgres::use(state.path(), true, quiet);
    const auto command = private_postgres::use(state.path(), false, quiet);
    CHECK_FALSE(command.is_owner());
    CHECK(ask(command, "SELECT 1") == "1");
    CHECK_THROWS_WITH(private_postgres::use(state.path(), true, quiet),
                      doctest::Contains("is served by another releasehealthd"));
  }

  TEST_CASE("links planted by the server's user are not followed, and its folder is private") {
    const temporary_folder state;
    { const auto p = private_postgres::use(state.path(), true, quiet); }
    const auto folder = state.path() / "postgresql", victim = state.path() / "victim";
    CHECK((std::filesystem::status(folder).permissions() & std::filesystem::perms::all) ==
          std::filesystem::perms::owner_all);
    for (const auto* name : {"lock", "start.log"}) {
      CAPTURE(name);
      std::ofstream(victim) << "root's own";
      std::filesystem::remove(folder / name);
      std::filesystem::create_symlink(victim, folder / name);
      CHECK_THROWS_WITH_AS(private_postgres::use(state.path(), true, quiet), doctest::Contains("symbolic link"),
                           std::runtime_error);
      CHECK(std::filesystem::file_size(victim) == 10);
      std::filesystem::remove(folder / name);
    }
    const auto p = private_postgres::use(state.path(), true, quiet);
    CHECK(ask(p, "SELECT 1") == "1");
  }

  TEST_CASE("the owner restarts a server that ended") {
    const temporary_folder state;
    auto p = private_postgres::use(state.path(), true, quiet);
    kill(server_pid(state.path()), SIGKILL);
    const auto answers = [&] {
      try {
        return ask(p, "SELECT 1") == "1";
      } catch (const std::exception&) {
        return false;
      }
    };
    for (int i = 0; i < 1500 && !answers(); ++i) {
      p.restart_if_gone(quiet);
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    CHECK(ask(p, "SELECT 1") == "1");
  }

  TEST_CASE("data of another major version and an overlong path are rejected with a clear error") {
    const temporary_folder state;
    std::filesystem::create_directories(state.path() / "postgresql/data");
    std::ofstream(state.path() / "postgresql/data/PG_VERSION") << "9\n";
    CHECK_THROWS_WITH(private_postgres::use(state.path(), true, quiet), doctest::Contains("data needs PostgreSQL 9"));
    CHECK_THROWS_WITH(private_postgres::use(state.path() / std::string(100, 'x'), true, quiet),
                      doctest::Contains("too long for a Unix socket"));
    CHECK_THROWS_WITH(ledger::find_server_binaries("7"), doctest::Contains("install postgresql-7"));
  }
}
