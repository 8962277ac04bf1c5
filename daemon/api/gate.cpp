// GET /api/v1/gate and /badge/{service}.svg
#include "daemon/api/gate.hpp"

#include "collectors/base/nearest.hpp"
#include "daemon/api/endpoints.hpp"
#include "daemon/api/parameters.hpp"
#include "daemon/reports/report.hpp"

namespace releasehealth::api {

result<std::vector<judged_threshold>> ask_gate(ledger::reader& database, const std::string& service,
                                               const std::string& environment, const figure_settings& settings,
                                               timestamp now) {
  figure_question q;
  q.service = service;
  const auto group = settings.names.group_of(environment);  // thresholds of a group are those of its members
  q.environment = group.empty() ? environment : std::string(group);
  q.periods = current_periods(settings.rolling, settings.zone, now);
  const auto s = answer_question(database, q, settings, now);
  const judge judged(s, settings);
  std::vector<judged_threshold> all;
  bool is_known = false;
  for (const auto& [where, known] : s.places) {
    if (where.service != service || !settings.names.is_target(where)) continue;
    is_known = true;
    for (auto& one : judged.all_of(where)) all.push_back(std::move(one));
  }
  if (!is_known)
    return error(errc::unknown, "unknown service " + in_quotes(service) + ", or not deployed to that environment");
  return all;
}

json::object verdict_json(const std::vector<judged_threshold>& all, bool holds_without_data) {
  json::array reasons, not_judged;
  for (const auto& one : all) {
    const auto period = one.rule.period.empty() ? json::value(nullptr) : json::value(one.rule.period);
    if (one.state == standing::exceeded)
      reasons.push_back({{"code", "threshold"},
                         {"figure", one.rule.figure},
                         {"period", period},
                         {"value", json_number(*one.value)},
                         {"threshold", json_number(*one.threshold_value)},
                         {"text", in_words(one)}});
    if (one.state != standing::not_judged) continue;
    json::object gap = {
        {"code", "no_data"}, {"figure", one.rule.figure}, {"period", period}, {"text", gap_in_words(one)}};
    // missing observations will come with time; with missing evidence the threshold may already be exceeded
    if (holds_without_data && one.missing) {
      reasons.push_back(gap);
      reasons.back().as_object()["value"] = reasons.back().as_object()["threshold"] = nullptr;
    }
    not_judged.push_back(std::move(gap));
  }
  return {{"verdict", reasons.empty() ? "pass" : "hold"},
          {"reasons", std::move(reasons)},
          {"judged", count_judged(all)},
          {"not_judged", std::move(not_judged)}};
}

http::response badge(const result<std::vector<judged_threshold>>& asked) {
  std::string word = "unknown", colour = "#6a6a6a";
  const auto state = asked ? overall(*asked) : standing::not_judged;
  if (asked && state == standing::not_judged) word = "not judged";
  if (state == standing::within) word = "healthy", colour = "#2b7a0b";
  if (state == standing::exceeded) {
    const auto n = exceeded_among(*asked).size();
    word = std::to_string(n) + (n == 1 ? " threshold exceeded" : " thresholds exceeded");
    colour = "#b3261e";
  }
  constexpr std::size_t letter = 7, padding = 12, left = 64;
  const auto right = word.size() * letter + padding;
  const auto n = [](std::size_t v) { return std::to_string(v); };
  http::response out{200, "image/svg+xml", {}, {{"Cache-Control", "no-cache"}}};
  out.body = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + n(left + right) +
             "\" height=\"20\" role=\"img\" aria-label=\"releases: " + word + "\"><title>releases: " + word +
             "</title><rect width=\"" + n(left + right) + "\" height=\"20\" rx=\"3\" fill=\"" + colour +
             "\"/><path d=\"M3 0h" + n(left - 3) + "v20H3a3 3 0 0 1-3-3V3a3 3 0 0 1 3-3z\" fill=\"#3c3c3c\"/>" +
             "<g fill=\"#fff\" font-family=\"Verdana,DejaVu Sans,sans-serif\" font-size=\"11\" text-anchor=\"middle\">"
             "<text x=\"" +
             n(left / 2) + "\" y=\"14\">releases</text><text x=\"" + n(left + right / 2) + "\" y=\"14\">" + word +
             "</text></g></svg>\n";
  return out;
}

namespace {

constexpr std::string_view verdict_schema = R"json({
  "type": "object",
  "properties": {
    "verdict": {"type": "string", "enum": ["pass", "hold"]},
    "reasons": {
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "code": {"type": "string", "enum": ["threshold", "no_data"], "description": "no_data: only with `without_data = \"hold\"` in [gate]"},
          "figure": {"type": "string"},
          "period": {"type": ["string", "null"], "description": "null: a current value"},
          "value": {"type": ["number", "null"], "description": "null: no data"},
          "threshold": {"type": ["number", "null"]},
          "text": {"type": "string", "description": "the reason in words"}
        },
        "required": ["code", "figure", "period", "value", "threshold", "text"],
        "additionalProperties": false
      }
    },
    "judged": {"type": "integer", "description": "number of thresholds that are judged: exceeded or within"},
    "not_judged": {
      "type": "array",
      "description": "thresholds without enough data",
      "items": {
        "type": "object",
        "properties": {
          "code": {"type": "string", "enum": ["no_data"]},
          "figure": {"type": "string"},
          "period": {"type": ["string", "null"], "description": "null: a current value"},
          "text": {"type": "string", "description": "the missing data in words"}
        },
        "required": ["code", "figure", "period", "text"],
        "additionalProperties": false
      }
    }
  },
  "required": ["verdict", "reasons", "judged", "not_judged"],
  "additionalProperties": false
})json";

}

std::vector<endpoint> gate(const surroundings&) {
  const auto ask = [](const call& c) -> result<plan> {
    return reading{[service = c.query("service"), environment = c.environment(), current = c.current,
                    now = c.now](ledger::reader& database) -> result<http::response> {
      const auto judged = ask_gate(database, service, environment, as_derived(database, current->figures), now);
      if (!judged) return judged.error();
      return http::json_answer(200, verdict_json(*judged, current->gate_holds_without_data));
    }};
  };
  auto needed = of_service;
  needed.is_needed = true;
  auto documentation = about_reading("decisions", "Get the verdict for releasing a service now.", "Verdict",
                                     {needed, in_environment}, verdict_schema);
  documentation.names_something = true;

  const auto draw = [](const call& c) -> result<plan> {
    constexpr std::string_view ending = ".svg";
    const auto file = c.named();
    if (!file.ends_with(ending)) return http::refuse(error(errc::unknown, "unknown badge; expected SERVICE.svg"));
    return reading{[service = file.substr(0, file.size() - ending.size()), current = c.current,
                    now = c.now](ledger::reader& database) -> result<http::response> {
      return badge(ask_gate(database, service, {}, as_derived(database, current->figures), now));
    }};
  };
  return {{"GET", "/api/v1/gate", documentation, ask},
          {"GET",
           "/badge/{file...}",
           {.tag = "pages", .summary = "Get the badge of a service: its name and .svg.", .gives = "image/svg+xml"},
           draw,
           [](const error& e, timestamp) { return badge(e); }}};
}

}
