#pragma once
// Events on their way from a history into the ledger: in batches, each counted once, however often it is imported.
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "daemon/ledger/append.hpp"

namespace releasehealth {

class importer {
 public:
  /// `source`: whose events these are, unless they say so. `told`: after each batch, how many were new.
  importer(ledger::appender& to, std::string source, timestamp now, std::function<void(std::size_t)> told = {})
      : to_(to), source_(std::move(source)), now_(now), told_(std::move(told)) {}

  /// Kept until there is a batch of them. `received_at`: nothing is now. Throws if PostgreSQL takes them not.
  void take(event, std::optional<timestamp> received_at);
  /// The last batch.
  void finish();

  std::size_t stored() const { return stored_; }
  std::size_t duplicates() const { return duplicates_; }

 private:
  void close();
  void flush();

  ledger::appender& to_;
  std::string source_;
  timestamp now_;
  std::function<void(std::size_t)> told_;
  ledger::entry open_;
  std::vector<ledger::entry> entries_;
  std::size_t events_ = 0, stored_ = 0, duplicates_ = 0;
};

}
