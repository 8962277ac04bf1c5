#pragma once
// Reads histories from files: each record becomes an event, and an invalid record does not affect the others. Files are
// streamed, except for API exports.
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <map>
#include <string>

#include "collectors/base/result.hpp"
#include "collectors/event.hpp"

namespace releasehealth {

struct refused_record {
  std::string where;  ///< a line number ("12"), or a JSON pointer into an array ("/3")
  error why;
};

/// Receives the records of a history.
struct record_handler {
  /// `received_at`: the first receipt, as written by `export events`.
  std::function<void(event, std::optional<timestamp> received_at)> take;
  std::function<void(refused_record)> refuse;
  /// Notes about the whole history for the user: skipped records, missing pages.
  std::function<void(const std::string&)> note = [](const std::string&) {};
};

/// Service and environment for records that name none; empty: nothing is added.
struct history_defaults {
  std::string service, environment;
};

/// Reads NDJSON of canonical events. Events from `export events` are accepted unchanged; other events need a time, and
/// deployments need a service.
void read_event_history(std::istream&, const history_defaults&, timestamp now, const record_handler&);
/// Reads a table with a header (collectors/csv). `columns`: names of the file's columns by event field.
/// errc::malformed: the header has no known column, or lacks one of `columns`.
result<void> read_csv_history(std::istream&, const std::map<std::string, std::string>& columns, const history_defaults&,
                              timestamp now, const record_handler&);
/// Checks and completes an event that was converted from another format, then passes it to the handler.
void take_checked(event, const std::string& where, const history_defaults&, timestamp now, const record_handler&);

}
