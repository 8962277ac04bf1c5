#include "daemon/operations/gate.hpp"

#include "daemon/figures/report.hpp"

namespace releasehealth {

result<std::vector<judged_limit>> ask_gate(ledger::reader& from, const std::string& service,
                                           const std::string& environment, const figure_settings& settings,
                                           timestamp now) {
  figure_question q;
  q.service = service;
  q.environment = environment;
  q.periods = current_periods(settings.rolling, settings.zone, now);
  const auto s = answer_question(from, q, settings, now);
  std::vector<judged_limit> all;
  bool is_known = false;
  for (const auto& [where, known] : s.places) {
    if (where.service != service || !settings.names.is_production(where.environment)) continue;
    is_known = true;
    for (auto& b : broken_among(judge_limits(s, settings, where))) all.push_back(std::move(b));
  }
  if (!is_known) return error(errc::unknown, "no service of this name is in such a production environment");
  return all;
}

json::object verdict_json(const std::vector<judged_limit>& broken) {
  json::array reasons;
  for (const auto& b : broken)
    reasons.push_back({{"figure", b.of.figure},
                       {"period", b.of.period.empty() ? json::value(nullptr) : json::value(b.of.period)},
                       {"value", json_number(b.value)},
                       {"threshold", json_number(b.limit)}});
  return {{"verdict", broken.empty() ? "pass" : "hold"}, {"reasons", std::move(reasons)}};
}

http::response badge(const result<std::vector<judged_limit>>& asked) {
  std::string word = "unknown", colour = "#6a6a6a";
  if (asked && asked->empty()) word = "healthy", colour = "#2b7a0b";
  if (asked && !asked->empty()) {
    word = std::to_string(asked->size()) + (asked->size() == 1 ? " limit broken" : " limits broken");
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

}
