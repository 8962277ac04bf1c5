#include "daemon/database/migrate.hpp"

#include <algorithm>

#include "daemon/database/database.hpp"
#include "daemon/database/locks.hpp"
#include "daemon/database/migrations.hpp"
#include "sql/database.hpp"

namespace releasehealth::ledger {

std::string known_migrations() {
  std::vector<std::string> names;
  for (const auto& [name, statements] : migrations()) names.emplace_back(name);
  return text_array(names);
}

namespace {

std::set<std::string> applied_migrations(pqxx::transaction_base& work) {
  std::set<std::string> names;
  for (const auto& row : work.exec("SELECT name FROM migration")) names.insert(text(row[0]));
  return names;
}

// Most starts have nothing to migrate, and must not wait for whoever derives.
bool is_up_to_date(connection& c) {
  pqxx::work work(c);
  const auto looked = work.exec("SELECT to_regclass(quote_ident(current_schema()) || '.migration')")[0][0];
  if (looked.is_null()) return false;  // a table of another schema of the search path is another division's
  const auto names = applied_migrations(work);
  return names.size() == migrations().size() &&
         std::ranges::all_of(migrations(), [&](const auto& m) { return names.contains(std::string(m.first)); });
}

}

std::vector<std::string> migrate(const session& s) {
  connection c(s.unlimited());
  if (is_up_to_date(c)) return {};
  pqxx::work work(c);
  if (work.exec("SELECT current_schema()")[0][0].is_null())
    throw std::runtime_error("[database] url: no schema of search_path \"" + text(work.exec("SHOW search_path")[0][0]) +
                             "\" exists; expected one, as CREATE SCHEMA makes it");
  run(work, sql::database::migrate_lock, locks::migrate);
  work.exec("SET LOCAL client_min_messages = warning");
  work.exec(
      "CREATE TABLE IF NOT EXISTS migration (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())");
  std::vector<std::string> applied;
  auto known = applied_migrations(work);
  for (const auto& [name, statements] : migrations()) {
    if (known.erase(std::string(name)) > 0) continue;
    work.exec(std::string(statements));
    run(work, "INSERT INTO migration (name) VALUES ($1)", std::string(name));
    applied.emplace_back(name);
  }
  if (!known.empty())
    throw newer_schema("the database was migrated by a newer releasehealthd (" + *known.begin() +
                       "): this one does not know its schema");
  if (!applied.empty()) work.exec(std::string(sql::database::rebuild_due));
  work.commit();
  return applied;
}

}
