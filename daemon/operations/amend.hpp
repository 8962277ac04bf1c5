#pragma once
// Overrides (figures.md §4, step 1): a JSON merge patch with a reason becomes an event that beats what sources say.
#include "collectors/json.hpp"
#include "daemon/ledger/append.hpp"

namespace releasehealth {

/// The fields to change and a mandatory `reason`; null withdraws an earlier override of a field.
/// errc::media_type, errc::malformed.
result<json::object> read_amendment(std::string_view content_type, std::string_view body, timestamp now);

/// The override as an entry of the ledger. `deployment`: its columns.
ledger::entry override_entry(const json::object& deployment, json::object patch, const std::string& by, timestamp now);

}
