#pragma once
// What an error means to a sender, to the metrics and to the log: one switch.
#include "collectors/result.hpp"
#include "daemon/http/message.hpp"
#include "daemon/telemetry/metrics.hpp"

namespace releasehealth {

struct meaning {
  unsigned status;
  std::string_view title;
  outcome counted;
};

/// interface.md §2's answers. errc::unreadable has no answer of its own: the delivery is kept as dead and accepted.
meaning meaning_of(errc);

/// The answer to whoever sent it, with Retry-After and WWW-Authenticate where they belong.
http::response refuse(const error&, std::string_view authenticate = "Bearer");

}
