#pragma once
// The configured time zone and working week: month boundaries and release hours.
#include <string>
#include <string_view>
#include <vector>

#include "collectors/base/result.hpp"
#include "collectors/base/time.hpp"

namespace date {
class time_zone;
}

namespace releasehealth {

/// "Mon-Thu 09:00-16:00": weekdays with the same hours, half-open, in local time.
struct weekly_hours {
  unsigned first_day = 1, last_day = 5;  ///< 0 = Sunday ... 6 = Saturday; may wrap around
  std::chrono::minutes from{0}, to{24 * 60};
};
result<weekly_hours> parse_weekly_hours(std::string_view);
inline constexpr std::string_view office_hours = "Mon-Fri 09:00-17:00";

class calendar {
 public:
  /// errc::malformed if the system's tz database lacks the zone.
  static result<calendar> in_zone(const std::string& iana_name);
  calendar() : calendar(*in_zone("UTC")) {}

  /// The first instant of the local month `count` months after that of `instant` (0: the same month, -1: the previous
  /// one).
  timestamp month_begin(timestamp instant, int count = 0) const;
  /// The first instant of that local month; if midnight does not exist, the first instant after it.
  timestamp month_begin(std::chrono::year_month) const;
  std::chrono::year_month month_of(timestamp) const;
  /// The part of [begin, end) within those hours; never negative.
  duration working_time(const weekly_hours&, timestamp begin, timestamp end) const;
  bool within(const std::vector<weekly_hours>&, timestamp) const;
  std::string zone_name() const;
  /// Local time like "2026-11-26 02:24".
  std::string local_time(timestamp) const;

 private:
  explicit calendar(const date::time_zone* z) : zone_(z) {}
  const date::time_zone* zone_;
};

}
