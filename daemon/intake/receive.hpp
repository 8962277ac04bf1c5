#pragma once
// Converts an authentic delivery, received now or fetched later, to a ledger entry.
#include <string>

#include "collectors/collector.hpp"
#include "daemon/ledger/append.hpp"
#include "daemon/ledger/replay.hpp"
#include "daemon/timeline/naming.hpp"

namespace releasehealth {

struct received {
  ledger::entry entry;         ///< without its body, which the caller adds
  std::string ignored;         ///< the reason why the delivery is ignored; empty: it is not
  std::size_t unreadable = 0;  ///< elements that were skipped; the entry's detail names them
};

/// The stored header with the name of the sender's token. No HTTP header can have this name.
inline constexpr std::string_view token_header = ":token";

/// Decodes a delivery by its source's kind. errc::malformed, errc::media_type and errc::too_large mean that it must be
/// rejected. A payload that does not match the sender's documentation becomes a dead letter: the whole delivery, or the
/// elements that cannot be read. Events outside the source's reach (daemon/access/reach.hpp) are skipped.
result<received> receive(const source&, const delivery&, const naming&);

/// Decodes a stored delivery again, with time limits relative to the given time.
result<ledger::reread> read_kept(const source&, const ledger::entry&, timestamp, const naming&);

/// The headers that replay needs: all except credentials and transport headers.
json::object kept_headers(const headers&);

}
