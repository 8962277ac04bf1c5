#pragma once
// A CloudEvent in any mode: binary, structured, batch, or a CDEvent without an envelope. Included by this folder only.
#include <string>
#include <vector>

#include "collectors/collector.hpp"

namespace releasehealth::cloudevents {

struct envelope {
  std::string id, source, type, subject;
  std::optional<timestamp> time;
  json::value data;  ///< null if absent
};

/// errc::media_type, errc::malformed.
result<std::vector<envelope>> read_envelopes(const delivery&);

// cdevents.cpp
/// The event of a CDEvent; none if it is ignored, with the reason in `why`.
std::optional<event> read_cdevent(const envelope&, timestamp now, std::string& why);

}
