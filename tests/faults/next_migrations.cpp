// The schema of the next release: linked into a program, it replaces the program's own.
#include "sql/next_migrations.hpp"

#include "daemon/database/migrations.hpp"

std::span<const std::pair<std::string_view, std::string_view>> releasehealth::ledger::migrations() {
  return sql::next_migrations::all;
}
