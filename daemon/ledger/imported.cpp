#include "daemon/ledger/imported.hpp"

#include "daemon/database/database.hpp"
#include "sql/ledger.hpp"

namespace releasehealth::ledger {

std::vector<event> imported_events(const session& where, const imported_question& asked) {
  connection on(where.without_replica().reading());
  transaction work(on, transaction::by_statement);
  std::vector<event> all;
  for (const auto& row : run(work, sql::ledger::imported_events, asked.source, asked.id_prefix,
                             text_array(asked.services), asked.environment, text_array(asked.commits))) {
    event e;
    e.source = asked.source;
    e.id = text(row["id"]);
    e.type = text(row["type"]);
    e.thing = text(row["thing"]);
    e.subject = text(row["subject"]);
    e.time = *time_from_microseconds(row["time"]);
    e.is_override = row["is_override"].as<bool>();
    e.fields = json_object(row["fields"]);
    all.push_back(std::move(e));
  }
  return all;
}

}
