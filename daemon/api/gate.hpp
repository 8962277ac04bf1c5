#pragma once
// May this service be released now? For pipelines as JSON, for people as a badge.
#include <string>

#include "daemon/figures/verdict.hpp"
#include "daemon/http/message.hpp"

namespace releasehealth::api {

/// The judged thresholds of a service, in one environment or in all of its production. errc::unknown if there is none
/// such.
result<std::vector<judged_threshold>> ask_gate(ledger::reader&, const std::string& service,
                                               const std::string& environment, const figure_settings&, timestamp now);

/// {"verdict": "pass" or "hold", "reasons": [{"code", "figure", "period", "value", "threshold", "text"}], "judged",
/// "not_judged": [{"code", "figure", "period", "text"}]} (interface.md sections 2, 6). What is not judged holds
/// nothing, unless `holds_without_data` and it lacks evidence.
json::object verdict_json(const std::vector<judged_threshold>&, bool holds_without_data = false);

/// An SVG that says the same in a word.
http::response badge(const result<std::vector<judged_threshold>>&);

}
