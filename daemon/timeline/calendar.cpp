#include "daemon/timeline/calendar.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include <date/tz.h>

#include "collectors/base/nearest.hpp"

namespace releasehealth {
namespace {

using namespace std::chrono;

std::optional<unsigned> weekday_named(std::string_view text) {
  constexpr std::array<std::string_view, 7> names = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  const auto found = std::ranges::find(names, text);
  if (found == names.end()) return {};
  return static_cast<unsigned>(found - names.begin());
}

std::optional<minutes> clock_time(std::string_view text) {
  const auto digit = [&](std::size_t i) { return text[i] - '0'; };
  if (text.size() != 5 || text[2] != ':') return {};
  for (std::size_t i : {0u, 1u, 3u, 4u})
    if (!std::isdigit(static_cast<unsigned char>(text[i]))) return {};
  const minutes time_of_day = hours{digit(0) * 10 + digit(1)} + minutes{digit(3) * 10 + digit(4)};
  if (digit(3) > 5 || time_of_day > hours{24}) return {};
  return time_of_day;
}

}

result<weekly_hours> parse_weekly_hours(std::string_view text) {
  const error wrong(errc::malformed,
                    "invalid hours " + in_quotes(text) + "; expected hours like \"Mon-Fri 09:00-17:00\"");
  const auto space = text.find(' ');
  if (space == text.npos) return wrong;
  const auto week = text.substr(0, space), day = text.substr(space + 1);
  const auto dash = week.find('-');
  const auto first = weekday_named(week.substr(0, dash));
  const auto last = dash == week.npos ? first : weekday_named(week.substr(dash + 1));
  if (!first || !last || day.size() != 11 || day[5] != '-') return wrong;
  const auto opens = clock_time(day.substr(0, 5)), closes = clock_time(day.substr(6));
  if (!opens || !closes || *opens >= *closes) return wrong;
  return weekly_hours{*first, *last, *opens, *closes};
}

result<calendar> calendar::in_zone(const std::string& name) {
  try {
    return calendar(date::locate_zone(name));
  } catch (const std::runtime_error&) {
    const auto known = word_list_of(date::get_tzdb().zones, &date::time_zone::name);
    return error(errc::malformed, unknown_word("time zone", name, known) + " (not in this system's tz database)");
  }
}

year_month calendar::month_of(timestamp instant) const {
  const auto local = zone_->to_local(instant);
  const year_month_day day{sys_days{floor<days>(local).time_since_epoch()}};
  return day.year() / day.month();
}

timestamp calendar::month_begin(year_month month) const {
  const auto midnight = date::local_days{sys_days{month / 1}.time_since_epoch()};
  // A clock change can repeat or skip midnight; take the earliest instant of the month in both cases.
  return zone_->to_sys(midnight, date::choose::earliest);
}

timestamp calendar::month_begin(timestamp instant, int count) const {
  return month_begin(month_of(instant) + months{count});
}

namespace {

bool on_day(const weekly_hours& h, unsigned today) {
  return h.first_day <= h.last_day ? today >= h.first_day && today <= h.last_day
                                   : today >= h.first_day || today <= h.last_day;
}

}

duration calendar::working_time(const weekly_hours& week, timestamp begin, timestamp end) const {
  duration total{0};
  if (begin >= end) return total;
  const auto last = floor<days>(zone_->to_local(end));
  for (auto day = floor<days>(zone_->to_local(begin)); day <= last; day += days{1}) {
    if (!on_day(week, weekday{sys_days{day.time_since_epoch()}}.c_encoding())) continue;
    const auto instant_of = [&](minutes of_day) {
      return timestamp(zone_->to_sys(day + of_day, date::choose::earliest).time_since_epoch());
    };
    const auto opened = std::max(begin, instant_of(week.from)), closed = std::min(end, instant_of(week.to));
    if (opened < closed) total += closed - opened;
  }
  return total;
}

bool calendar::within(const std::vector<weekly_hours>& week, timestamp instant) const {
  const auto local = zone_->to_local(instant);
  const auto day = floor<days>(local);
  const unsigned today = weekday{sys_days{day.time_since_epoch()}}.c_encoding();
  const auto time = local - day;
  return std::ranges::any_of(week,
                             [&](const weekly_hours& h) { return on_day(h, today) && time >= h.from && time < h.to; });
}

std::string calendar::local_time(timestamp instant) const {
  return date::format("%F %R", zone_->to_local(floor<minutes>(instant)));
}

std::string calendar::zone_name() const { return zone_->name(); }

}
