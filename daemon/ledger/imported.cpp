#include "daemon/ledger/imported.hpp"

#include "daemon/database/event_rows.hpp"
#include "sql/ledger.hpp"

namespace releasehealth::ledger {

std::vector<event> imported_events(const session& where, const imported_question& asked) {
  connection database(where.without_replica().reading());
  transaction work(database, transaction::by_statement);
  return query<event>(work, sql::ledger::imported_events, asked.source, asked.id_prefix, asked.services,
                      asked.environment, asked.commits);
}

}
