#include "daemon/operations/figures_api.hpp"

#include <algorithm>
#include <charconv>

namespace releasehealth {
namespace {

constexpr int default_months = 24, max_months = 120;

figure_question about(const http::request& r) {
  figure_question q;
  q.service = http::query_value(r, "service");
  q.environment = http::query_value(r, "environment");
  q.team = http::query_value(r, "team");
  return q;
}

// A count as a whole number: Boost writes every double with an exponent.
json::value number(double value) {
  const auto whole = static_cast<std::int64_t>(value);
  return static_cast<double>(whole) == value ? json::value(whole) : json::value(value);
}

json::value or_null(const std::optional<double>& n) { return n ? number(*n) : json::value(nullptr); }

}

result<figure_question> read_figure_question(const http::request& r, const figure_settings& settings, timestamp now) {
  auto q = about(r);
  auto wanted = http::query_value(r, "period");
  if (wanted.empty()) wanted = "30d";
  for (auto& p : current_periods(settings.rolling, settings.zone, now))
    if (p.label == wanted) q.periods.push_back(std::move(p));
  if (q.periods.empty()) {
    auto asked = parse_period(wanted, settings.zone, now);
    if (!asked) return error(errc::malformed, "period: " + asked.error().detail);
    q.periods.push_back(std::move(*asked));
  }
  return q;
}

result<figure_question> read_months_question(const http::request& r, const figure_settings& settings, timestamp now) {
  auto q = about(r);
  int count = default_months;
  if (const auto asked = http::query_value(r, "months"); !asked.empty()) {
    const auto [end, ec] = std::from_chars(asked.data(), asked.data() + asked.size(), count);
    if (ec != std::errc{} || end != asked.data() + asked.size() || count < 1 || count > max_months)
      return error(errc::malformed, "months: is not a whole number from 1 to 120");
  }
  const auto this_month = settings.zone.month_of(now);
  q.periods = *months_between(format_month(this_month - std::chrono::months{count - 1}), format_month(this_month),
                              settings.zone, now);
  return q;
}

json::array figures_json(const snapshot& s, const figure_settings& settings) {
  std::map<std::string, json::array> rows;
  for_each_figure(s, settings, [&](const figure_row& row) {
    json::object labels;
    for (const auto& [name, value] : row.labels()) labels[name] = value;
    rows[row.over.label].push_back(
        {{"service", row.where.service},
         {"team", row.team},
         {"environment", row.where.environment},
         {"figure", row.of.name},
         {"labels", std::move(labels)},
         {"value", row.value ? number(row.value->value) : json::value(nullptr)},
         {"numerator", row.value ? or_null(row.value->numerator) : json::value(nullptr)},
         {"denominator", row.value ? or_null(row.value->denominator) : json::value(nullptr)},
         {"observations", row.value ? or_null(row.value->observations) : json::value(nullptr)}});
  });
  json::array out;
  for (const auto& p : s.periods)
    out.push_back({{"period", p.label},
                   {"begin", format_time(p.begin)},
                   {"end", format_time(p.end)},
                   {"partial", p.partial},
                   {"figures", std::move(rows[p.label])}});
  return out;
}

}
