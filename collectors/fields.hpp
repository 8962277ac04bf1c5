#pragma once
// The fields of an event (interface.md §3) as one table, and the check that every event passes before it is stored.
#include <span>
#include <string_view>
#include <vector>

#include "collectors/event.hpp"
#include "collectors/result.hpp"

namespace releasehealth {

/// What a field's value looks like in JSON.
enum class form {
  name,      ///< text of 1-200 characters
  text,      ///< text of at most 10,000 characters
  time,      ///< RFC 3339 with an offset, at most 5 minutes in the future
  flag,      ///< true or false
  count,     ///< a whole number, 0 or more
  severity,  ///< 1 to 5
  choice,    ///< one of the words in `choices`
  names,     ///< an array of at most 100 names
  any        ///< whatever the sender means by it
};

struct field {
  std::string_view name;
  form looks;
  std::string_view types;    ///< space-separated event types that carry it
  std::string_view choices;  ///< for form::choice; of a time: `ahead`, if it may be in the future
};

/// Every field there is, id, type, time, subject and source excepted. What is not in here is kept as it came.
std::span<const field> fields();

/// Whether a space-separated list, as the table writes them, holds that word.
bool has_word(std::string_view words, std::string_view word);

/// The event types, space-separated as the table writes them.
std::string_view event_types();
bool is_event_type(std::string_view);

/// Sets a field, unless there is nothing to set.
void put(event&, std::string_view field, std::string_view value);
void put(event&, std::string_view field, std::optional<timestamp> value);

/// Limits of interface.md §3.
inline constexpr std::size_t max_name = 200;
inline constexpr std::size_t max_text = 10'000;
inline constexpr std::size_t max_names = 100;
inline constexpr duration max_ahead = std::chrono::minutes{5};

/// Checks one event against the table and writes its times as UTC. Returns what is wrong, with pointers below `at`.
std::vector<problem> check(event&, timestamp received_at, const std::string& at = {});

}
