#pragma once
// Overrides and follow-ups (figures.md §4, step 1, and §9): a JSON merge patch with a reason becomes an event that
// beats what sources say, and keeps who made it, when, why, and what was there before.
#include "collectors/json.hpp"
#include "daemon/ledger/append.hpp"

namespace releasehealth {

/// The fields of a deployment or an incident to change and a mandatory `reason`; null withdraws an earlier override of
/// a field. errc::media_type, errc::malformed.
result<json::object> read_amendment(std::string_view thing, std::string_view content_type, std::string_view body,
                                    timestamp now);

/// The override as an entry of the ledger. `row`: the thing's columns.
ledger::entry override_entry(std::string_view thing, const json::object& row, json::object patch, const std::string& by,
                             timestamp now);

}
