#include "daemon/ledger/migrate.hpp"

#include <algorithm>

#include "daemon/ledger/database.hpp"
#include "daemon/ledger/locks.hpp"
#include "sql.hpp"

namespace releasehealth::ledger {

std::string known_migrations() {
  std::vector<std::string> names;
  for (const auto& [name, statements] : sql::migrations) names.emplace_back(name);
  return text_array(names);
}

std::vector<std::string> migrate(const session& s) {
  auto c = connect(s.unlimited());
  pqxx::work work(c);
  run(work, "SELECT pg_advisory_xact_lock($1)", locks::migrate);
  work.exec("SET LOCAL client_min_messages = warning");
  work.exec(
      "CREATE TABLE IF NOT EXISTS migration (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())");
  std::vector<std::string> applied;
  std::set<std::string> known;
  for (const auto& row : work.exec("SELECT name FROM migration")) known.insert(text(row[0]));
  for (const auto& [name, statements] : sql::migrations) {
    if (known.erase(std::string(name)) > 0) continue;
    work.exec(std::string(statements));
    run(work, "INSERT INTO migration (name) VALUES ($1)", std::string(name));
    applied.emplace_back(name);
  }
  if (!known.empty())
    throw newer_schema("the database was migrated by a newer releasehealthd (" + *known.begin() +
                       "): this one does not know its schema");
  work.commit();
  return applied;
}

}
