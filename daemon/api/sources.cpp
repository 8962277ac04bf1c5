// GET /api/v1/sources
#include "daemon/reports/sources.hpp"

#include "daemon/api/endpoints.hpp"

namespace releasehealth::api {
namespace {

constexpr std::string_view sources_schema = R"json({
  "type": "object",
  "properties": {
    "sources": {
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "name": {"type": "string"},
          "kind": {"type": "string"},
          "last_delivery_at": {"type": ["string", "null"], "format": "date-time"},
          "silent": {"type": "boolean", "description": "silent for longer than usual"},
          "arrives_by": {"type": "string", "enum": ["", "webhook", "sync", "webhook and sync"]},
          "sync": {
            "type": ["object", "null"],
            "description": "the last run of `releasehealthd sync`; null: never",
            "properties": {
              "at": {"type": "string", "format": "date-time"},
              "events": {"type": "integer", "description": "stored by it"},
              "unreported": {"type": "integer", "description": "things that no delivery had reported"},
              "unreported_30_days": {"type": "integer"},
              "failures": {"type": "integer", "description": "lists that could not be read"},
              "failure": {"type": "string", "description": "the first one"}
            }
          },
          "last_day": {"type": "object", "additionalProperties": {"type": "integer"}, "description": "deliveries by outcome"},
          "last_30_days": {"type": "object", "additionalProperties": {"type": "integer"}},
          "unmatched": {"type": "array", "items": {"type": "string"}, "description": "names used by the source that match no service; `/api/v1/coverage` proposes aliases"},
          "days": {"type": "array", "items": {"type": "object"}, "description": "by day, in UTC"},
          "reasons": {"type": "array", "items": {"type": "object"}, "description": "why the newest rejected deliveries were rejected"},
          "setup": {"type": "array", "items": {"type": "object"}, "description": "setup steps at the source, and whether their events ever arrived"}
        },
        "required": ["name", "kind", "last_delivery_at", "silent", "arrives_by", "sync", "last_day", "last_30_days", "unmatched", "days", "reasons", "setup"],
        "additionalProperties": false
      }
    }
  },
  "required": ["sources"],
  "additionalProperties": false
})json";

}

std::vector<endpoint> sources(const surroundings&) {
  const auto ask = [](const call& c) -> result<plan> {
    return reading{[current = c.current, now = c.now](ledger::reader& database) -> result<http::response> {
      return http::json_answer(200, as_json(report_sources(database, current->figures, now)));
    }};
  };
  return {{"GET", "/api/v1/sources",
           about_reading("figures", "Get deliveries of each source by outcome, and missing setup steps.", "Sources", {},
                         sources_schema),
           ask}};
}

}
