// GET /api/v1/coverage (figures.md sections 15, 16)
#include "daemon/reports/coverage.hpp"

#include "daemon/api/endpoints.hpp"

namespace releasehealth::api {
namespace {

constexpr std::string_view coverage_schema = R"json({
  "type": "object",
  "properties": {
    "at": {"type": "string", "format": "date-time"},
    "rules": {
      "type": "array",
      "description": "the kinds of evidence",
      "items": {
        "type": "object",
        "properties": {
          "name": {"type": "string"},
          "share_of": {"type": "string"},
          "needed_by": {"type": "string"},
          "cure": {"type": "string", "description": "the setting or source that supplies it"}
        },
        "required": ["name", "share_of", "needed_by", "cure"],
        "additionalProperties": false
      }
    },
    "fleet": {"type": "object", "description": "by kind of evidence: value, known, of, and unknown: services whose name no incident source uses; null: no data"},
    "teams": {"type": "array", "items": {"type": "object"}},
    "services": {"type": "array", "items": {"type": "object"}, "description": "the ones with most missing evidence first; missing: kinds of evidence below 90 %"},
    "unmatched": {
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "name": {"type": "string"},
          "sources": {"type": "array", "items": {"type": "string"}},
          "has_incidents": {"type": "boolean", "description": "true: incidents, but no deployments; false: deployments only"},
          "similar": {"type": "array", "items": {"type": "string"}}
        },
        "required": ["name", "sources", "has_incidents", "similar"],
        "additionalProperties": false
      }
    },
    "proposal": {"type": "string", "description": "TOML that matches them; empty: none"}
  },
  "required": ["at", "rules", "fleet", "teams", "services", "unmatched", "proposal"],
  "additionalProperties": false
})json";

}

std::vector<endpoint> coverage(const surroundings&) {
  const auto ask = [](const call& c) -> result<plan> {
    return reading{[current = c.current, now = c.now](ledger::reader& database) -> result<http::response> {
                     return http::json_answer(
                         200,
                         as_json(report_coverage(database, as_derived(database, current->figures), now, true), now));
                   },
                   "coverage"};
  };
  return {{"GET", "/api/v1/coverage",
           about_reading("figures", "Get the evidence coverage of figures, and unmatched names.", "Coverage", {},
                         coverage_schema),
           ask}};
}

}
