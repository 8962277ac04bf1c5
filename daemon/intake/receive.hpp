#pragma once
// From an authentic delivery to what the ledger keeps of it, whether it came in now or was fetched later.
#include <string>

#include "collectors/collector.hpp"
#include "daemon/ledger/append.hpp"
#include "daemon/ledger/replay.hpp"
#include "daemon/timeline/naming.hpp"

namespace releasehealth {

struct received {
  ledger::entry entry;         ///< without its body, which is the caller's to give
  std::string ignored;         ///< not empty: of no interest, for this reason
  std::size_t unreadable = 0;  ///< elements that were left out; the entry's detail names them
};

/// The token by whose right it came, kept among the headers: no header has such a name.
inline constexpr std::string_view token_header = ":token";

/// Reads it as its source's kind asks for. errc::malformed, errc::media_type, errc::too_large: reject it. What is of no
/// shape that its sender documents is kept as dead: the whole delivery, or those of its elements that cannot be read.
/// What the source may not report about (daemon/access/reach.hpp) is left out.
result<received> receive(const source&, const delivery&, const naming&);

/// What a delivery that was kept says now, if it is judged as of that time.
result<ledger::reread> read_kept(const source&, const ledger::entry&, timestamp, const naming&);

/// What replay needs of the head: everything but what proves who sent it.
json::object kept_headers(const headers&);

}
