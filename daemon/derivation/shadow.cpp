#include "daemon/derivation/shadow.hpp"

#include "daemon/derivation/rows.hpp"
#include "sql/derivation.hpp"

namespace releasehealth::ledger {

template <>
inline constexpr auto columns_of<moved_deployment> = std::tuple_cat(
    within(&moved_deployment::where, columns_of<place>),
    std::tuple(column("source", &moved_deployment::source), column("subject", &moved_deployment::subject),
               column("version", &moved_deployment::version), column("finished_at", &moved_deployment::finished_at),
               column("kind_before", &moved_deployment::kind_before),
               column("reason_before", &moved_deployment::reason_before), column("kind", &moved_deployment::kind),
               column("reason", &moved_deployment::reason)));

struct shadow::opened {
  ledger::connection connection;
  transaction work;  // never committed, so the shadow tables disappear
  reader database;
  explicit opened(const session& s)
      : connection(s.unlimited()), work(connection, transaction::one_instant), database(work) {}
};

shadow::shadow(const session& s, const derive_settings& settings, std::optional<timestamp> received_before)
    : opened_(std::make_unique<opened>(s)) {
  if (received_before) {
    run_script(opened_->work, sql::derivation::as_of);
    execute(opened_->work, sql::derivation::write_as_of, *received_before);
  }
  derive_everything(opened_->work, settings);
}
shadow::~shadow() = default;

reader& shadow::read() { return opened_->database; }

std::vector<moved_deployment> shadow::moved() {
  return query<moved_deployment>(opened_->work, sql::derivation::shadow_moved);
}

}
