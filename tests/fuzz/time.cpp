// Times, durations and hours: parsed values survive a round trip.
#include "collectors/base/time.hpp"

#include <cstdint>
#include <cstdlib>

#include "daemon/figures/period.hpp"
#include "daemon/timeline/calendar.hpp"

using namespace releasehealth;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto zone = *calendar::in_zone("America/St_Johns");
  static const auto now = *parse_time("2026-11-20T12:00:00Z");
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto& t : {parse_time(text), parse_sender_time(text)})
    if (t && parse_time(format_time(*t)) != t) std::abort();
  if (const auto d = parse_duration(text); d && parse_duration(format_duration(*d)) != d) std::abort();
  if (const auto p = parse_period(text, zone, now); p && p->end < p->begin) std::abort();
  if (const auto hours = parse_weekly_hours(text))
    if (zone.working_time(*hours, now, now + std::chrono::hours(400)) < duration{0}) std::abort();
  return 0;
}
