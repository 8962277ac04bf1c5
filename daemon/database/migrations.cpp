#include "daemon/database/migrations.hpp"

#include "sql/migrations.hpp"

std::span<const std::pair<std::string_view, std::string_view>> releasehealth::ledger::migrations() {
  return sql::migrations::all;
}
