#include "daemon/database/failure.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "daemon/database/statements.hpp"

namespace releasehealth::ledger {
namespace {

// SQLSTATE prefixes of PostgreSQL's Appendix A, the longest first; all other states are "other".
constexpr struct {
  std::string_view state, reason;
} by_state[] = {{"53100", "disk_full"}, {"53200", "memory"},  {"53300", "connections"}, {"25006", "read_only"},
                {"57014", "timeout"},   {"55P03", "timeout"}, {"57P", "connection"},    {"08", "connection"},
                {"42", "schema"},       {"58030", "io"},      {"XX001", "corrupt"},     {"XX002", "corrupt"}};

// Connection errors have no SQLSTATE, so they are recognized by libpq's message.
constexpr struct {
  std::string_view words, reason;
} by_words[] = {{"could not translate host name", "name_resolution"},
                {"too many clients", "connections"},
                {"connection slots", "connections"},
                {"session is read-only", "read_only"},
                {"server is in hot standby mode", "read_only"},
                {"Too many open files", "open_files"},
                {"authentication failed", "authentication"}};

// The failure of a statement; null for a connection failure or another exception.
const postgres_failure* rejection_in(const std::exception& e) {
  const auto* failed = dynamic_cast<const postgres_failure*>(&e);
  return failed && !failed->state().empty() ? failed : nullptr;
}

constexpr std::string_view names_only = "42";  // this class quotes names of tables, columns and functions, no values

// Quotation marks depend on the server's language. Everything from the first mark on is omitted, so a value that itself
// contains a mark cannot leak.
std::size_t first_quote(std::string_view text) {
  auto first = text.npos;
  for (const std::string_view mark : {"\"", "'", "«", "»", "„", "“", "‘", "‹", "›", "「"})
    first = std::min(first, text.find(mark));
  return first;
}

constexpr std::array<std::string_view, 13> reasons = {
    "connection", "connections", "name_resolution", "authentication", "open_files", "read_only", "disk_full",
    "io",         "memory",      "timeout",         "schema",         "corrupt",    "other"};

}

postgres_failure as_postgres_failure(const pqxx::failure& e) {
  const auto* rejected = dynamic_cast<const pqxx::sql_error*>(&e);
  return postgres_failure(e.what(), rejected ? rejected->sqlstate() : std::string());
}

std::span<const std::string_view> failure_reasons() { return reasons; }

std::string_view reason_of(const std::exception& e) {
  if (const auto* rejected = rejection_in(e)) {
    const auto* known =
        std::ranges::find_if(by_state, [&](const auto& one) { return rejected->state().starts_with(one.state); });
    return known == std::end(by_state) ? "other" : known->reason;
  }
  const std::string_view said = e.what();
  for (const auto& one : by_words)
    if (said.find(one.words) != said.npos) return one.reason;
  return dynamic_cast<const postgres_failure*>(&e) ? "connection" : "other";
}

std::string description_of(const std::exception& e) {
  const auto* rejected = rejection_in(e);
  if (!rejected) return e.what();
  std::string_view said = e.what();
  said = said.substr(0, said.find('\n'));
  if (const auto severity = said.find(":  "); severity != said.npos) said.remove_prefix(severity + 3);
  const bool quotes_names = rejected->state().starts_with(names_only);
  if (const auto quote = first_quote(said); !quotes_names && quote != said.npos) said = said.substr(0, quote);
  while (said.ends_with(' ') || said.ends_with(':')) said.remove_suffix(1);
  return (rejected->state() + ' ').append(said);
}

error failure_of(const std::exception& e) {
  const auto reason = reason_of(e);
  const auto* rejected = rejection_in(e);
  if (dynamic_cast<const postgres_failure*>(&e) && (!rejected || reason != "other"))
    return error(errc::unavailable, "PostgreSQL is unavailable (" + std::string(reason) + "); retry later")
        .logged_as(description_of(e));
  if (rejected)
    return error(errc::internal, "PostgreSQL rejected a query of this program (SQLSTATE " + rejected->state() + ")")
        .logged_as(description_of(e));
  return error(errc::internal, "internal error; see the daemon's log").logged_as(description_of(e));
}

bool is_timeout(const std::exception& e) { return reason_of(e) == "timeout"; }

}
