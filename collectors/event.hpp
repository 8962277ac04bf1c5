#pragma once
// What every collector makes of a delivery: events, in the fields of interface.md §3.
#include <optional>
#include <string>
#include <string_view>

#include "collectors/base/json.hpp"
#include "collectors/base/time.hpp"
#include "collectors/words.hpp"

namespace releasehealth {

/// Something that happened to a release, as told by a source.
struct event {
  std::string source;  ///< empty until ingest names it, if the event names none itself
  std::string id;      ///< unique within the source: a second event with this id is a duplicate, whatever it says
  event_type type = event_type::deployment;
  thing_type thing = thing_type::deployment;  ///< what it is about: that of `type`, or what a retraction retracts
  std::string subject;                        ///< the thing, within its source and type
  timestamp time;                             ///< when it happened, not when it arrived
  bool is_override = false;                   ///< made by a person through API or CLI: beats what sources say
  json::object fields;  ///< everything else, by the names of interface.md §3; times as RFC 3339 text

  /// Makes it a report about such a thing.
  void reports(thing_type t) {
    thing = t;
    type = report_of(t);
  }
};

/// The environment of reports that name none (interface.md §3).
inline constexpr std::string_view default_environment = "production";
inline std::string environment_or_default(std::string named) {
  return named.empty() ? std::string(default_environment) : named;
}

/// The event as the ledger hands it on and spools keep it, with its time in microseconds since the epoch. Releases read
/// what releases before them wrote. What senders and exports write is canonical::write_event().
json::object event_record(const event&);
/// Throws what a document that is no such record throws.
event read_record(const json::value&);

}
