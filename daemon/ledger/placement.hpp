#pragma once
// Reports of alerts, which their senders repeat without ids, placed among those that the ledger has.
#include <deque>
#include <span>
#include <vector>

#include "daemon/database/connection.hpp"
#include "daemon/ledger/append.hpp"

namespace releasehealth::ledger {

/// All entries, those of `which` as they are to be stored: itself, or a copy in `copies` with its events placed in the
/// order of `which`; null if none of its events says anything new. Reads once, if any of them needs it.
std::vector<const entry*> place_entries(transaction&, std::span<const entry* const>,
                                        const std::vector<std::size_t>& which, std::deque<entry>& copies);

}
