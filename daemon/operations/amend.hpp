#pragma once
// Overrides and follow-ups (figures.md §4, step 1, and §9): a JSON merge patch with a reason becomes an event that
// beats what sources say, and keeps who made it, when, why, and what was there before.
#include "collectors/json.hpp"
#include "daemon/access/reach.hpp"
#include "daemon/ledger/append.hpp"

namespace releasehealth {

/// The fields of a deployment or an incident to change and a mandatory `reason`; null withdraws an earlier override of
/// a field. errc::media_type, errc::malformed.
result<json::object> read_amendment(std::string_view thing, std::string_view content_type, std::string_view body,
                                    timestamp now);

/// Why a token may not amend this, by what it may report about; nothing: it may. Both the thing as it stands and what
/// the patch makes of it must be within.
std::vector<problem> outside(const reach&, std::string_view thing, const json::object& row, const json::object& patch,
                             const naming&);

/// The override as an entry of the ledger. `row`: the thing's columns.
ledger::entry override_entry(std::string_view thing, const json::object& row, json::object patch, const std::string& by,
                             timestamp now);

}
