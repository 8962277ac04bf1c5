#include "daemon/database/connection.hpp"

#include <algorithm>
#include <memory>
#include <vector>

#include <libpq-fe.h>
#include <sys/socket.h>

#include "daemon/database/rows.hpp"
#include "daemon/database/statements.hpp"

namespace releasehealth::ledger {

std::string what_is_no_url(const std::string& text) {
  if (text.empty()) return {};
  char* said = nullptr;  // not used: libpq's message quotes the text, which may contain a password
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> read(PQconninfoParse(text.c_str(), &said),
                                                                          PQconninfoFree);
  if (said) PQfreemem(said);
  if (read) return {};
  return "not a valid libpq connection string; expected postgresql://USER:PASSWORD@HOST/DATABASE with %25 for a "
         "percent sign, or key=value pairs";
}
namespace {

std::string libpq_value(std::string_view value) {
  std::string out = "'";
  for (char c : value) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

// The daemon's session settings: timeouts, and read-only mode for readers. client_connection_check_interval makes the
// server cancel the statement of a lost client within two seconds, so that a killed daemon's statement holds no locks.
std::string session_options(const session& s) {
  std::string options =
      "-c lock_timeout=10s -c idle_in_transaction_session_timeout=60s -c client_connection_check_interval=2s -c "
      "jit=off "
      "-c statement_timeout=" +
      std::to_string(s.statement_timeout.count());
  if (s.read_only) options += " -c default_transaction_read_only=on";
  return options;
}

// The user's connection string with the daemon's settings added. The user's settings take precedence: in `options` the
// last value wins, so the user's follow the daemon's.
std::string conninfo(const session& s) {
  char* message = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> parsed(PQconninfoParse(s.dsn.c_str(), &message),
                                                                            &PQconninfoFree);
  if (!parsed) {
    std::string why = message ? message : "out of memory";
    PQfreemem(message);
    throw std::invalid_argument("[database] url: " + why);
  }
  auto options = session_options(s);
  std::vector<std::pair<std::string_view, std::string>> all = {{"application_name", s.application},
                                                               {"connect_timeout", "5"},
                                                               {"keepalives_idle", "30"},
                                                               {"tcp_user_timeout", "15000"}};
  std::string out;
  for (const auto* o = parsed.get(); o->keyword; ++o)
    if (o->val) {
      if (o->keyword == std::string_view("options")) {
        options += std::string(" ") + o->val;
        continue;
      }
      // With several hosts, writers need the writable server, so that they follow a failover; readers accept a standby.
      const std::string_view keyword = o->keyword, value = o->val;
      if ((keyword == "host" || keyword == "hostaddr") && value.find(',') != value.npos)
        all.emplace_back("target_session_attrs", !s.read_only         ? "read-write"
                                                 : s.read_dsn.empty() ? "primary"
                                                                      : "prefer-standby");
      std::erase_if(all, [&](const auto& ours) { return ours.first == o->keyword; });
      out += std::string(o->keyword) + '=' + libpq_value(o->val) + ' ';
    }
  all.emplace_back("options", std::move(options));
  std::ranges::sort(all);
  all.erase(std::unique(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.first == b.first; }),
            all.end());
  for (const auto& [keyword, value] : all) out += std::string(keyword) + '=' + libpq_value(value) + ' ';
  return out;
}

}

connection::opened::opened(const session& s)
    : pqxx::connection(conninfo(s)), stop_(s.stop), cut_(s.stop, cutter{this}) {
  go_on();
}

// Shutting down the socket wakes the thread that waits for the server, even if the server hangs and would not process a
// cancel request.
void connection::opened::cutter::operator()() const noexcept { ::shutdown(owner->sock(), SHUT_RDWR); }

const std::string& connection::opened::prepared(std::string_view sql) {
  const auto [known, is_new] = prepared_.try_emplace(sql.data(), "kept " + std::to_string(prepared_.size()));
  if (is_new) prepare(known->second, std::string(sql));
  return known->second;
}

connection::connection(const session& s) : opened_(translated([&] { return std::make_unique<opened>(s); })) {}
connection::~connection() = default;

bool connection::is_open() const { return opened_->is_open(); }
void connection::prepare_statements() { opened_->keeps_plans = true; }

namespace {

std::unique_ptr<pqxx::transaction_base> begin(pqxx::connection& database, transaction::kind kind) {
  switch (kind) {
    case transaction::one_instant:
      return std::make_unique<pqxx::transaction<pqxx::isolation_level::repeatable_read>>(database);
    case transaction::by_statement: return std::make_unique<pqxx::nontransaction>(database);
    default: return std::make_unique<pqxx::work>(database);
  }
}

}

transaction::transaction(connection& c, kind k)
    : begun_(translated([&] {
        auto& database = *c.opened_;
        return std::make_unique<begun>(begun{database, database.keeps_plans, begin(database, k)});
      })) {}
transaction::~transaction() = default;

void transaction::commit() {
  translated([&] { begun_->work->commit(); });
}

void transaction::keep_plans(bool keep) {
  if (begun_->keeps_plans == keep) return;
  run_script(*this, keep ? "SET LOCAL plan_cache_mode = force_generic_plan" : "SET LOCAL plan_cache_mode = auto");
  begun_->keeps_plans = keep;
}

std::string transaction::export_instant() { return query_one<std::string>(*this, "SELECT pg_export_snapshot()"); }

void transaction::see_instant(const std::string& name) {
  run_script(*this, "SET TRANSACTION SNAPSHOT " + begun_->work->quote(name));
}

}
