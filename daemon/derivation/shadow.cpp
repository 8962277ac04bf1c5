#include "daemon/derivation/shadow.hpp"

#include "daemon/derivation/derivation.hpp"
#include "sql/derivation.hpp"

namespace releasehealth::ledger {

struct shadow::opened {
  ledger::connection connection;
  transaction work;  // never committed: all of it goes
  reader from;
  explicit opened(const session& s)
      : connection(s.unlimited()), work(connection, transaction::one_instant), from(work) {}
};

shadow::shadow(const session& s, const derive_settings& settings, std::optional<timestamp> received_before)
    : opened_(std::make_unique<opened>(s)) {
  if (received_before) {
    run_script(opened_->work, sql::derivation::as_of);
    run(opened_->work, sql::derivation::write_as_of, format_time(*received_before));
  }
  derive_everything(opened_->work, settings);
}
shadow::~shadow() = default;

reader& shadow::read() { return opened_->from; }

std::vector<moved_deployment> shadow::moved() {
  std::vector<moved_deployment> all;
  for (const auto& row : run(opened_->work, sql::derivation::shadow_moved))
    all.push_back({.where = {text(row["service"]), text(row["environment"])},
                   .source = text(row["source"]),
                   .subject = text(row["subject"]),
                   .version = text(row["version"]),
                   .finished_at = *time_from_microseconds(row["finished_at"]),
                   .kind_before = text(row["kind_before"]),
                   .reason_before = text(row["reason_before"]),
                   .kind = text(row["kind"]),
                   .reason = text(row["reason"])});
  return all;
}

}
