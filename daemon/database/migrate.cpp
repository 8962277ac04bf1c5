#include "daemon/database/migrate.hpp"

#include <algorithm>
#include <ranges>
#include <set>

#include "daemon/database/locks.hpp"
#include "daemon/database/migrations.hpp"
#include "daemon/database/rows.hpp"
#include "sql/database.hpp"

namespace releasehealth::ledger {

std::vector<std::string_view> known_migrations() {
  std::vector<std::string_view> names;
  for (const auto& [name, statements] : migrations()) names.push_back(name);
  return names;
}

namespace {

std::set<std::string> applied_migrations(transaction& work) {
  const auto names = query<std::string>(work, "SELECT name FROM migration");
  return {names.begin(), names.end()};
}

// Most starts have nothing to migrate and must not wait for a daemon that is deriving.
bool is_up_to_date(connection& c) {
  transaction work(c);
  // Looks in the current schema only: a table elsewhere in the search path belongs to another division's ledger.
  if (!query_one<bool>(work, "SELECT to_regclass(quote_ident(current_schema()) || '.migration') IS NOT NULL"))
    return false;
  const auto names = applied_migrations(work);
  return names.size() == migrations().size() &&
         std::ranges::all_of(migrations(), [&](const auto& m) { return names.contains(std::string(m.first)); });
}

}

namespace {

newer_schema is_newer(const std::string& migration) {
  return newer_schema("the database was migrated by a newer releasehealthd (unknown migration " + migration + ")");
}

}

std::vector<std::string> pending_migrations(const session& s) {
  connection c(s);
  transaction work(c);
  std::set<std::string> known;
  if (query_one<bool>(work, "SELECT to_regclass(quote_ident(current_schema()) || '.migration') IS NOT NULL"))
    known = applied_migrations(work);
  std::vector<std::string> pending;
  for (const auto& [name, statements] : migrations())
    if (known.erase(std::string(name)) == 0) pending.emplace_back(name);
  if (!known.empty()) throw is_newer(*known.begin());
  return pending;
}

std::vector<std::string> migrate(const session& s) {
  connection c(s.unlimited());
  if (is_up_to_date(c)) return {};
  transaction work(c);
  if (query_one<std::string>(work, "SELECT current_schema()").empty())
    throw std::runtime_error("[database] url: no schema of search_path \"" +
                             query_one<std::string>(work, "SHOW search_path") +
                             "\" exists; create one with CREATE SCHEMA");
  execute(work, sql::database::migrate_lock, locks::migrate);
  run_script(work, "SET LOCAL client_min_messages = warning");
  run_script(
      work,
      "CREATE TABLE IF NOT EXISTS migration (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())");
  std::vector<std::string> applied;
  auto known = applied_migrations(work);
  for (const auto& [name, statements] : migrations()) {
    if (known.erase(std::string(name)) > 0) continue;
    run_script(work, statements);
    execute(work, "INSERT INTO migration (name) VALUES ($1)", std::string(name));
    applied.emplace_back(name);
  }
  if (!known.empty()) throw is_newer(*known.begin());
  if (!applied.empty()) run_script(work, sql::database::rebuild_due);
  work.commit();
  return applied;
}

}
