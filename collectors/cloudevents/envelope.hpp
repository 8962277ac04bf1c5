#pragma once
// A CloudEvent however it travels: binary, structured, batch, or a CDEvent alone. Included by this folder only.
#include <string>
#include <vector>

#include "collectors/collector.hpp"

namespace releasehealth::cloudevents {

struct envelope {
  std::string id, source, type, subject;
  std::optional<timestamp> time;
  json::value data;  ///< null: none
};

/// errc::media_type, errc::malformed.
result<std::vector<envelope>> read_envelopes(const delivery&);

// cdevents.cpp
/// What a CDEvent says; none if that is nothing of interest, and `why` says why.
std::optional<event> read_cdevent(const envelope&, timestamp now, std::string& why);

}
