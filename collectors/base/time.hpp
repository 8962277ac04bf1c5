#pragma once
// Times in the project's form: UTC in microseconds, like PostgreSQL's timestamptz.
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace releasehealth {

using duration = std::chrono::microseconds;
using timestamp = std::chrono::sys_time<duration>;

inline double in_seconds(duration d) { return std::chrono::duration<double>(d).count(); }

/// Parses RFC 3339 with an offset ("Z", "+02:00"); any number of fraction digits, cut to six. Nothing for any other
/// text: a time without an offset, an invalid date, a year outside 1970-9999.
std::optional<timestamp> parse_time(std::string_view text);

/// Parses other formats that senders write: "2021-04-28 21:50:00 +0200", "2020-11-02 12:55:12 UTC",
/// "...T12:42:30.000+0000" (sources.md §7), and digits: seconds, milliseconds, microseconds or nanoseconds since 1970,
/// distinguished by magnitude. Nothing for a time without an offset and for "unset" values: 0, the year 1.
std::optional<timestamp> parse_sender_time(std::string_view text);

/// Parses "48h", "7d", "30m", "90s", "2w", at most 10 years. Nothing for any other text.
std::optional<duration> parse_duration(std::string_view text);

/// "2026-11-03T10:15:00Z", with a fraction only if it is not zero.
std::string format_time(timestamp);

/// In the largest unit that divides the duration: 48 hours are "2d".
std::string format_duration(duration);

}
