#pragma once
// Histories from files: records become events, one bad record does not lose the others. Read as they come, never whole,
// but for the exports of APIs.
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <map>
#include <string>

#include "collectors/base/result.hpp"
#include "collectors/event.hpp"

namespace releasehealth {

struct refused_record {
  std::string where;  ///< "12" of a file of lines, "/3" of an array
  error why;
};

/// What becomes of records.
struct record_handler {
  /// `received_at`: when it was first received, as `export events` writes it.
  std::function<void(event, std::optional<timestamp> received_at)> take;
  std::function<void(refused_record)> refuse;
  /// What somebody who imports should know of the whole: what was left out, what seems to be missing.
  std::function<void(const std::string&)> note = [](const std::string&) {};
};

/// What records that name none belong to; empty: nothing is added.
struct history_defaults {
  std::string service, environment;
};

/// NDJSON of canonical events, those of `export events` included, which are taken as they are. Others need a time, and
/// deployments a service.
void read_event_history(std::istream&, const history_defaults&, timestamp now, const record_handler&);
/// A table with a header (collectors/csv). `columns`: theirs by ours. errc::malformed: the header names no column that
/// means anything, or lacks one of `columns`.
result<void> read_csv_history(std::istream&, const std::map<std::string, std::string>& columns, const history_defaults&,
                              timestamp now, const record_handler&);
/// An event that was made of something else: checked and completed like the others.
void take_checked(event, const std::string& where, const history_defaults&, timestamp now, const record_handler&);

}
