#pragma once
// What every collector makes of a delivery: events, in the fields of interface.md §3.
#include <optional>
#include <string>
#include <string_view>

#include "collectors/json.hpp"
#include "collectors/time.hpp"

namespace releasehealth {

/// Something that happened to a release, as told by a source.
struct event {
  std::string source;        ///< empty until ingest names it, if the event names none itself
  std::string id;            ///< unique within the source: a second event with this id is a duplicate, whatever it says
  std::string type;          ///< deployment, incident, work, flag, commit, retraction
  std::string thing;         ///< the type of the thing it is about: that of `type`, or what a retraction retracts
  std::string subject;       ///< the thing, within its source and type
  timestamp time;            ///< when it happened, not when it arrived
  bool is_override = false;  ///< made by a person through API or CLI: beats what sources say
  json::object fields;       ///< everything else, by the names of interface.md §3; times as RFC 3339 text
};

/// The environment of reports that name none (interface.md §3).
inline constexpr std::string_view default_environment = "production";
inline std::string environment_or_default(std::string named) {
  return named.empty() ? std::string(default_environment) : named;
}

}
