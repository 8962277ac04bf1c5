#include "daemon/figures/period.hpp"

#include <cstdio>

#include "collectors/base/nearest.hpp"
#include "collectors/base/text.hpp"

namespace releasehealth {
namespace {

using namespace std::chrono;

constexpr int max_months = 600;
constexpr std::string_view period_forms = "YYYY-MM, YYYY-Qn or BEGIN/END with RFC 3339 times";

period period_between(std::string name, timestamp begin, timestamp end, timestamp now) {
  return {std::move(name), begin, std::max(begin, std::min(end, now)), end > now};
}

}

std::vector<period> current_periods(const std::vector<std::string>& rolling, const calendar& zone, timestamp now) {
  std::vector<period> all;
  all.reserve(rolling.size() + 2);
  for (const auto& r : rolling) all.push_back({r, now - *parse_duration(r), now, false});
  const auto this_month = zone.month_begin(now);
  all.push_back({std::string(month), this_month, now, true});
  all.push_back({std::string(previous_month), zone.month_begin(now, -1), this_month, false});
  return all;
}

std::string format_month(year_month m) {
  char text[16];
  (void)std::snprintf(text, sizeof text, "%04d-%02u", int(m.year()), unsigned(m.month()));
  return text;
}

std::optional<year_month> parse_month(std::string_view text) {
  if (text.size() != 7 || text[4] != '-') return {};
  const auto y = parse_number<int>(text.substr(0, 4)), m = parse_number<int>(text.substr(5));
  if (!y || !m || *y < 1970 || *m < 1 || *m > 12) return {};
  return year{*y} / *m;
}

std::string name_month(year_month m, bool is_short) {
  constexpr std::string_view names[] = {"January", "February", "March",     "April",   "May",      "June",
                                        "July",    "August",   "September", "October", "November", "December"};
  const auto name = names[unsigned(m.month()) - 1];
  return std::string(is_short ? name.substr(0, 3) : name) + ' ' + std::to_string(int(m.year()));
}

result<period> parse_period(std::string_view text, const calendar& zone, timestamp now) {
  if (const auto m = parse_month(text))
    return period_between(std::string(text), zone.month_begin(*m), zone.month_begin(*m + months{1}), now);
  if (text.size() == 7 && text.substr(4, 2) == "-Q" && text[6] >= '1' && text[6] <= '4') {
    if (const auto y = parse_number<int>(text.substr(0, 4)); y && *y >= 1970) {
      const auto first = year{*y} / ((text[6] - '1') * 3 + 1);
      return period_between(std::string(text), zone.month_begin(first), zone.month_begin(first + months{3}), now);
    }
  }
  if (const auto slash = text.find('/'); slash != text.npos) {
    const auto begin = parse_time(text.substr(0, slash)), end = parse_time(text.substr(slash + 1));
    if (begin && end && *begin < *end) return period_between(std::string(text), *begin, *end, now);
  }
  return error(errc::malformed, "unknown period " + in_quotes(text) + "; expected " + std::string(period_forms));
}

result<period> find_period(std::string_view wanted, const std::vector<std::string>& rolling, const calendar& zone,
                           timestamp now) {
  auto known = word_list_of(rolling);
  known.insert(known.end(), {month, previous_month});
  for (auto& p : current_periods(rolling, zone, now))
    if (p.label == wanted) return std::move(p);
  if (auto asked = parse_period(wanted, zone, now)) return asked;
  if (nearest(wanted, known).empty()) known.push_back(period_forms);
  return error(errc::malformed, "period: " + unknown_word("period", wanted, known));
}

result<std::vector<period>> months_between(std::string_view first_month, std::string_view last_month,
                                           const calendar& zone, timestamp now) {
  for (const auto text : {first_month, last_month})
    if (!parse_month(text)) return error(errc::malformed, "unknown month " + in_quotes(text) + "; expected YYYY-MM");
  const auto first = parse_month(first_month), last = parse_month(last_month);
  if (*last < *first || *last - *first >= months{max_months})
    return error(errc::malformed, "the months from " + in_quotes(first_month) + " to " + in_quotes(last_month) +
                                      " run backwards or are more than 600; expected 1 to 600 months");
  std::vector<period> all;
  for (auto m = *first; m <= *last; m += months{1})
    all.push_back(period_between(format_month(m), zone.month_begin(m), zone.month_begin(m + months{1}), now));
  return all;
}

}
