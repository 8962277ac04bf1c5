#include "daemon/import/importer.hpp"

#include <algorithm>
#include <stdexcept>

#include "collectors/base/crypto.hpp"
#include "collectors/canonical/canonical.hpp"

namespace releasehealth {
namespace {

constexpr std::size_t events_per_entry = 1000, events_per_batch = 10'000;

}

void importer::take(event e, std::optional<timestamp> received_at) {
  const auto received = std::min(received_at.value_or(now_), now_);
  if (!open_.events.empty() && (open_.received_at != received || open_.events.size() >= events_per_entry)) close();
  open_.received_at = received;
  open_.events.push_back(std::move(e));
  if (++events_ >= events_per_batch) flush();
}

// The entry's key is a hash of its events, so that a repeated import is recognized as a duplicate.
void importer::close() {
  std::string identity;
  for (const auto& e : open_.events) identity += json::serialize(canonical::write_event(e)) + '\n';
  open_.source = source_;
  open_.outcome = "imported";
  open_.key = "import-" + sha256_hex(identity);
  entries_.push_back(std::exchange(open_, {}));
}

void importer::flush() {
  if (!open_.events.empty()) close();
  events_ = 0;
  for (std::size_t first = 0; first < entries_.size(); first += ledger::appender::max_batch) {
    std::vector<const ledger::entry*> batch;
    for (std::size_t n = first; n < std::min(first + ledger::appender::max_batch, entries_.size()); ++n)
      batch.push_back(&entries_[n]);
    for (const auto& stored : appender_.append(batch)) {
      if (!stored) throw std::runtime_error(stored.error().text());
      if (!stored->refused.empty()) throw std::runtime_error(stored->refused);
      stored_ += stored->accepted;
      duplicates_ += stored->duplicates;
      if (told_) told_(stored->accepted);
    }
  }
  entries_.clear();
}

void importer::finish() { flush(); }

}
