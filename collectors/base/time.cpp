#include "collectors/base/time.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>

#include "collectors/base/text.hpp"

namespace releasehealth {
namespace {

using namespace std::chrono;

// Parses by hand: date's parser supports neither "Z" and "+02:00" in one format nor more than six fraction digits, and
// senders written in Go send nine.
struct cursor {
  std::string_view text;

  bool literal(std::string_view any) {
    if (text.empty() || any.find(text.front()) == any.npos) return false;
    text.remove_prefix(1);
    return true;
  }
  std::optional<int> digits(std::size_t count) {
    if (text.size() < count) return {};
    int value = 0;
    for (char c : text.substr(0, count)) {
      if (c < '0' || c > '9') return {};
      value = value * 10 + (c - '0');
    }
    text.remove_prefix(count);
    return value;
  }
  /// ".123456789", cut to microseconds
  std::optional<microseconds> fraction() {
    if (!literal(".,")) return microseconds{0};
    int kept = 0, value = 0;
    std::size_t count = 0;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
      if (kept < 6) value = value * 10 + (text.front() - '0'), ++kept;
      text.remove_prefix(1);
      ++count;
    }
    if (count == 0) return {};
    for (; kept < 6; ++kept) value *= 10;
    return microseconds{value};
  }
  std::optional<minutes> offset() {
    if (literal("Zz")) return minutes{0};
    const bool west = !text.empty() && text.front() == '-';
    if (!literal("+-")) return {};
    const auto h = digits(2);
    if (!h || !literal(":")) return {};
    const auto m = digits(2);
    if (!m || *h > 23 || *m > 59) return {};
    const minutes east = hours{*h} + minutes{*m};
    return west ? -east : east;
  }
};

struct unit {
  char letter;
  duration length;
};
constexpr unit units[] = {{'w', weeks{1}}, {'d', days{1}}, {'h', hours{1}}, {'m', minutes{1}}, {'s', seconds{1}}};

}

std::optional<timestamp> parse_time(std::string_view text) {
  cursor rest{text};
  const auto y = rest.digits(4);
  if (!y || !rest.literal("-")) return {};
  const auto mo = rest.digits(2);
  if (!mo || !rest.literal("-")) return {};
  const auto d = rest.digits(2);
  if (!d || !rest.literal("Tt ")) return {};
  const auto h = rest.digits(2);
  if (!h || !rest.literal(":")) return {};
  const auto mi = rest.digits(2);
  if (!mi || !rest.literal(":")) return {};
  const auto s = rest.digits(2);
  if (!s) return {};
  const auto f = rest.fraction();
  if (!f) return {};
  const auto o = rest.offset();
  if (!o || !rest.text.empty()) return {};
  const year_month_day date{year{*y}, month{static_cast<unsigned>(*mo)}, day{static_cast<unsigned>(*d)}};
  // Second 60 is a leap second; UTC without leap seconds counts it as the first second of the next minute.
  if (!date.ok() || *y < 1970 || *h > 23 || *mi > 59 || *s > 60) return {};
  const timestamp at_utc = sys_days{date} + hours{*h} + minutes{*mi} + seconds{*s} + *f - *o;
  if (at_utc < timestamp{}) return {};
  return at_utc;
}

namespace {

// 10^11 seconds are in the year 5138, 10^11 milliseconds in 1973, so present-day times have only one possible unit.
std::optional<timestamp> since_1970(std::string_view digits) {
  const auto n = parse_number<std::int64_t>(digits).value_or(0);
  if (n <= 0) return {};
  constexpr std::int64_t step = 1000, first = 100'000'000'000;
  if (n < first) return timestamp(seconds{n});
  if (n < first * step) return timestamp(milliseconds{n});
  if (n < first * step * step) return timestamp(microseconds{n});
  return timestamp(floor<microseconds>(nanoseconds{n}));
}

}

std::optional<timestamp> parse_sender_time(std::string_view text) {
  if (!text.empty() && text.find_first_not_of("0123456789") == text.npos) return since_1970(text);
  std::string as_rfc3339(text);
  if (as_rfc3339.ends_with(" UTC")) as_rfc3339.replace(as_rfc3339.size() - 4, 4, "Z");
  const auto size = as_rfc3339.size();
  if (size > 5 && (as_rfc3339[size - 5] == '+' || as_rfc3339[size - 5] == '-') &&
      as_rfc3339.find(':') != std::string::npos)
    as_rfc3339.insert(size - 2, ":");
  if (const auto space = as_rfc3339.find_last_of(' '); space != std::string::npos && space > 10)
    as_rfc3339.erase(space, 1);
  return parse_time(as_rfc3339);
}

std::optional<duration> parse_duration(std::string_view text) {
  if (text.size() < 2) return {};
  for (const auto& [letter, length] : units) {
    if (text.back() != letter) continue;
    const auto count = parse_number<std::int64_t>(text.substr(0, text.size() - 1));
    if (!count || *count < 0 || *count > days{3653} / length) return {};
    return *count * length;
  }
  return {};
}

std::string format_time(timestamp t) {
  const auto day = floor<days>(t);
  const year_month_day date{day};
  const hh_mm_ss time{t - day};
  std::string out;
  out.reserve(32);
  const auto put = [&out](auto number, int width) {
    const auto digits = std::to_string(number);
    out.append(static_cast<std::size_t>(std::max(0, width - static_cast<int>(digits.size()))), '0');
    out += digits;
  };
  put(int(date.year()), 4);
  put((out += '-', unsigned(date.month())), 2);
  put((out += '-', unsigned(date.day())), 2);
  put((out += 'T', time.hours().count()), 2);
  put((out += ':', time.minutes().count()), 2);
  put((out += ':', time.seconds().count()), 2);
  if (const auto fraction = time.subseconds().count(); fraction != 0) {
    put((out += '.', fraction), 6);
    out.erase(out.find_last_not_of('0') + 1);
  }
  return out + 'Z';
}

std::string format_duration(duration length) {
  if (length == duration{0}) return "0s";
  for (const auto& u : units)
    if (length % u.length == duration{0}) return std::to_string(length / u.length) + u.letter;
  return std::to_string(length.count()) + "us";
}

}
