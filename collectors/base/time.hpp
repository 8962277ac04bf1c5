#pragma once
// Times as the project keeps them: UTC in microseconds, which is what PostgreSQL's timestamptz holds.
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace releasehealth {

using duration = std::chrono::microseconds;
using timestamp = std::chrono::sys_time<duration>;

inline double in_seconds(duration d) { return std::chrono::duration<double>(d).count(); }

/// Reads RFC 3339 with an offset ("Z", "+02:00"); any number of fraction digits, of which six are kept.
/// Nothing for anything else: a time without an offset, a date that no calendar has, years outside 1970-9999.
std::optional<timestamp> parse_time(std::string_view text);

/// Reads what senders write besides: "2021-04-28 21:50:00 +0200", "2020-11-02 12:55:12 UTC", "...T12:42:30.000+0000"
/// (sources.md §7), and digits: seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by how many
/// they are. Nothing for a time without an offset, and for what stands for "unset": 0, the year 1.
std::optional<timestamp> parse_sender_time(std::string_view text);

/// Reads "48h", "7d", "30m", "90s", "2w". Nothing for anything else; at most 10 years.
std::optional<duration> parse_duration(std::string_view text);

/// "2026-11-03T10:15:00Z", with a fraction only where there is one.
std::string format_time(timestamp);

/// The largest unit that divides it: "48h" is "2d".
std::string format_duration(duration);

}
