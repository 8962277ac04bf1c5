#pragma once
// Events, the output of every collector, with the fields of interface.md §3.
#include <optional>
#include <string>
#include <string_view>

#include "collectors/base/json.hpp"
#include "collectors/base/time.hpp"
#include "collectors/words.hpp"

namespace releasehealth {

/// One report of a source about a release.
struct event {
  std::string source;  ///< empty if the event names none; ingest then sets it
  std::string id;      ///< unique within the source: another event with this id is a duplicate, whatever its content
  event_type type = event_type::deployment;
  thing_type thing = thing_type::deployment;  ///< the subject's type: that of `type`, or of the retracted thing
  std::string subject;                        ///< identifies the thing within its source and type
  timestamp time;                             ///< of the occurrence, not of the receipt
  bool is_override = false;                   ///< made by a person through API or CLI; takes precedence over sources
  json::object fields;  ///< all other fields, by the names of interface.md §3; times as RFC 3339 text

  /// Makes this event a report about a thing of type `t`.
  void reports(thing_type t) {
    thing = t;
    type = report_of(t);
  }
};

/// The environment of reports without one (interface.md §3).
inline constexpr std::string_view default_environment = "production";
inline std::string environment_or_default(std::string named) {
  return named.empty() ? std::string(default_environment) : named;
}

/// The event in the form of the ledger and of spools, with its time in microseconds since the epoch. Each release reads
/// the records of earlier releases. canonical::write_event() writes the form of senders and exports.
json::object event_record(const event&);
/// Throws if the document is not such a record.
event read_record(const json::value&);

}
