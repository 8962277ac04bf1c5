#pragma once
// The release gate: may this service be released now? JSON for pipelines, a badge for people.
#include <string>

#include "daemon/figures/verdict.hpp"
#include "daemon/http/message.hpp"

namespace releasehealth::api {

/// The judged thresholds of a service in one environment, or in all its production environments. errc::unknown if the
/// service or environment is unknown.
result<std::vector<judged_threshold>> ask_gate(ledger::reader&, const std::string& service,
                                               const std::string& environment, const figure_settings&, timestamp now);

/// {"verdict": "pass" or "hold", "reasons": [{"code", "figure", "period", "value", "threshold", "text"}], "judged",
/// "not_judged": [{"code", "figure", "period", "text"}]} (interface.md sections 2, 6). Thresholds that are
/// not judged do not hold a release, unless `holds_without_data` is set and evidence is missing.
json::object verdict_json(const std::vector<judged_threshold>&, bool holds_without_data = false);

/// The verdict as an SVG badge.
http::response badge(const result<std::vector<judged_threshold>>&);

}
