// PostgreSQL accepts every statement, also those that no other test reaches.
#include "sql/derivation.hpp"
#include "sql/figures.hpp"
#include "sql/ledger.hpp"
#include "sql/lists.hpp"
#include "sql/queries.hpp"
#include "tests/check.hpp"
#include "tests/postgres/cluster.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

namespace {

// Without the leading comment of each file.
std::string_view without_comment(std::string_view sql) {
  while (sql.starts_with("--")) sql.remove_prefix(std::min(sql.size(), sql.find('\n') + 1));
  return sql;
}

// The statements that PREPARE supports.
bool can_be_prepared(std::string_view sql) {
  for (const auto* word : {"SELECT", "WITH", "INSERT", "UPDATE", "DELETE"})
    if (sql.starts_with(word)) return true;
  return false;
}

}

TEST_SUITE("postgres") {
  TEST_CASE("PostgreSQL prepares every statement") {
    const database db;
    db.query("CREATE TEMP TABLE as_of (at timestamptz); SELECT 1");  // created by queries as of a past instant
    int count = 0;
    for (const auto statements :
         {sql::derivation::all, sql::figures::all, sql::ledger::all, sql::lists::all, sql::queries::all})
      for (const auto& [name, text] : statements) {
        const auto statement = std::string(without_comment(text));
        if (!can_be_prepared(statement)) continue;
        INFO(std::string(name));
        ++count;
        CHECK_NOTHROW(db.query("PREPARE s" + std::to_string(count) + " AS " + statement + "\n; SELECT 1"));
      }
    CHECK(count > 100);
  }
}
