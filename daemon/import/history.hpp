#pragma once
// Histories from files: records become events, one bad record does not lose the others.
#include <string>
#include <string_view>
#include <vector>

#include "collectors/event.hpp"
#include "collectors/result.hpp"
#include "daemon/ledger/append.hpp"

namespace releasehealth {

struct refused_record {
  std::size_t line = 0;  ///< from 1
  error why;
};
struct history {
  std::vector<event> events;
  std::vector<refused_record> refused;
};

/// What records that name none belong to; empty: nothing is added.
struct history_defaults {
  std::string service, environment;
};

/// NDJSON of canonical events, those of `export events` included.
history read_event_history(std::string_view text, const history_defaults&, timestamp now);
/// A table with a header (collectors/csv).
history read_csv_history(std::string_view text, const history_defaults&, timestamp now);

/// Cuts events into entries, one transaction each.
std::vector<ledger::entry> as_entries(std::vector<event>, const std::string& source, timestamp now);

}
