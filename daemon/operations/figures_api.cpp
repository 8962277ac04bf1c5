#include "daemon/operations/figures_api.hpp"

#include <algorithm>
#include <charconv>

#include "collectors/fields.hpp"

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

}

result<figure_question> read_figure_question(const http::request& r, const figure_settings& settings, timestamp now) {
  auto q = about(r);
  auto wanted = http::query_value(r, "period");
  if (wanted.empty()) wanted = "30d";
  auto asked = find_period(wanted, settings.rolling, settings.zone, now);
  if (!asked) return asked.error();
  q.periods.push_back(std::move(*asked));
  return q;
}

result<std::optional<timestamp>> read_as_of(const http::request& r, timestamp now) {
  const auto asked = http::query_value(r, "as_of");
  if (asked.empty()) return std::optional<timestamp>();
  const auto at = parse_time(asked);
  if (!at || *at < min_time || *at > now)
    return error(errc::malformed, "as_of: invalid time " + shown(json::value(asked)) +
                                      "; expected RFC 3339 with an offset, from 1990 up to now");
  return at;
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
  auto asked = months_between(format_month(this_month - std::chrono::months{count - 1}), format_month(this_month),
                              settings.zone, now);
  if (!asked) return error(errc::malformed, "months: " + asked.error().detail);
  q.periods = std::move(*asked);
  return q;
}

}
