#pragma once
// The fields of an event (interface.md §3) as one table, and the check that every event passes before it is stored.
#include <span>
#include <string_view>
#include <vector>

#include "collectors/base/result.hpp"
#include "collectors/base/text.hpp"
#include "collectors/event.hpp"

namespace releasehealth {

/// The form of a field's value in JSON.
enum class form {
  name,      ///< text of 1-200 characters
  text,      ///< text of at most 10,000 characters
  time,      ///< RFC 3339 with an offset, from 1990 on, at most 5 minutes in the future
  flag,      ///< true or false
  count,     ///< a whole number from 0 to `most`
  severity,  ///< 1 to 5
  choice,    ///< one of the words in `choices`
  names,     ///< an array of at most 100 names
  parts,     ///< an array of at most 100 texts, or objects with the members in `choices`; the first is required
  timed,     ///< an object, or an array of objects, whose `at`, `from` and `to` are times as above
  any        ///< any value; its meaning is the sender's
};

struct field {
  std::string_view name;
  form looks;
  set_of<event_type> types;  ///< event types that have the field
  std::string_view choices;  ///< for form::choice and form::parts; for a time: `ahead` if it may be in the future
  std::int64_t most = 0;     ///< for form::count
};

/// All fields except id, type, time, subject and source. Unknown fields are stored unchanged.
std::span<const field> fields();
/// The field of that name; null if unknown.
const field* find_field(std::string_view name);

/// Sets a field unless the value is empty.
void put(event&, std::string_view field, std::string_view value);
void put(event&, std::string_view field, std::optional<timestamp> value);

/// Limits of interface.md §3.
inline constexpr std::size_t max_name = 200;
inline constexpr std::size_t max_text = 10'000;
inline constexpr std::size_t max_names = 100;
inline constexpr std::size_t max_part = 500;     ///< characters of a text of form::parts
inline constexpr std::size_t max_problems = 20;  ///< in one response
inline constexpr duration max_ahead = std::chrono::minutes{5};
/// No release or incident is older: an earlier time comes from a clock that was never set (figures.md section 23).
inline constexpr timestamp min_time = std::chrono::sys_days{std::chrono::year{1990} / 1 / 1};
/// Person-seconds of one report of work without an interval: a month of one person around the clock.
inline constexpr std::int64_t max_work_seconds = std::int64_t{31} * 24 * 60 * 60;
inline constexpr std::int64_t max_lines_changed = 100'000'000;
inline constexpr std::int64_t max_new_commits = 10'000'000;  ///< of one release

/// Byte limit of a delivery key, event id or subject: an index row must hold two of these and two names.
inline constexpr std::size_t max_key_bytes = 1000;

/// The text, or its digest if an index row cannot hold it: above max_key_bytes, not UTF-8, or with NUL.
std::string storable_id(std::string_view);

/// The subject of a repository's tag.
std::string tag_subject(std::string_view repository, std::string_view name);

inline constexpr std::string_view hex_digits = "0123456789abcdef";
inline constexpr std::size_t shortest_commit = 7, longest_commit = 40;  ///< hex digits (figures.md section 3)
/// Whether a text can be a commit: lower-case hex digits of a valid length.
bool is_commit(std::string_view text);

/// Fields that join an incident with others (figures.md section 18), and the value of `same_as` that prevents it.
inline constexpr std::string_view joining_fields[] = {"links", "keys", "same_as", "names"};
inline constexpr std::string_view joins_none = "none";

/// Makes a sender's ids pass check(): an id that is longer than a name is replaced by its hash.
void shorten_ids(event&);

/// Whether an event may have this time.
bool is_sane_time(timestamp, timestamp received_at);

/// A value for messages: JSON, truncated to 40 characters.
std::string shown(const json::value&);

/// Checks one event against the table and converts its times to UTC. Returns the problems, with pointers below `root`;
/// each names the offending value and the expected form. `unknown_type`: the sender's type, if it is not an event_type;
/// the fields are then not checked.
std::vector<problem> check(event&, timestamp received_at, const std::string& root = {},
                           std::optional<std::string_view> unknown_type = {});

}
