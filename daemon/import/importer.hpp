#pragma once
// Writes the events of a history to the ledger in batches. Repeated imports count each event once.
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "daemon/ledger/append.hpp"

namespace releasehealth {

class importer {
 public:
  /// `source`: the source of events that name none. `told`: called after each batch with the number of new events.
  importer(ledger::appender& appender, std::string source, timestamp now, std::function<void(std::size_t)> told = {})
      : appender_(appender), source_(std::move(source)), now_(now), told_(std::move(told)) {}

  /// Adds an event, and writes the batch when it is full. `received_at`: nullopt means now. Throws std::runtime_error
  /// if PostgreSQL is unavailable or rejects the batch.
  void take(event, std::optional<timestamp> received_at);
  /// Writes the last batch.
  void finish();

  std::size_t stored() const { return stored_; }
  std::size_t duplicates() const { return duplicates_; }

 private:
  void close();
  void flush();

  ledger::appender& appender_;
  std::string source_;
  timestamp now_;
  std::function<void(std::size_t)> told_;
  ledger::entry open_;
  std::vector<ledger::entry> entries_;
  std::size_t events_ = 0, stored_ = 0, duplicates_ = 0;
};

}
