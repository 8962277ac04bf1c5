#pragma once
// Places reports of alerts, which senders repeat without ids, among the stored ones.
#include <deque>
#include <span>
#include <vector>

#include "daemon/database/connection.hpp"
#include "daemon/ledger/append.hpp"

namespace releasehealth::ledger {

/// Returns all entries; those in `which` in the form to be stored: the entry itself, or a copy in `copies` with its
/// events placed in the order of `which`, or null if none of its events is new. Runs one query, if any entry needs it.
std::vector<const entry*> place_entries(transaction&, std::span<const entry* const>,
                                        const std::vector<std::size_t>& which, std::deque<entry>& copies);

}
