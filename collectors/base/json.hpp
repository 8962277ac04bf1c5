#pragma once
// Reading JSON that somebody else wrote: strict parsing, and reads by JSON pointer (RFC 6901).
#include <optional>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "collectors/base/result.hpp"
#include "collectors/base/time.hpp"
#include "collectors/base/utf8.hpp"

namespace releasehealth {

namespace json = boost::json;

/// What a body may hold (daemon/system/limits.hpp).
struct body_limits {
  std::size_t json_depth = 32, json_values = 1'000'000, batch = 10'000;
};

/// The most that `intake.max_json_depth` may be: nothing deeper is ever accepted.
inline constexpr std::size_t most_json_depth = 100;
/// What deliveries and exports of this program may hold when it reads them again, whatever the limits are today.
inline constexpr body_limits own_limits{most_json_depth, std::size_t(-1), std::size_t(-1)};

/// Reads JSON that this program wrote: accepted documents of any depth, and the levels that rows wrap around them.
/// Throws boost::system::system_error if it is not JSON.
json::value parse_own(std::string_view text);

/// Parses one document: UTF-8, and not deeper than it may be (errc::malformed); errc::too_large if it holds more
/// values.
result<json::value> parse_json(std::string_view text, const body_limits& = {});

/// The same, and rejects a duplicate key, NUL, and a number out of range, naming the place (interface.md §3). Boost
/// keeps the last of two equal keys, PostgreSQL's text cannot hold NUL, and a number that is no double and no 64-bit
/// integer would be stored as another one.
result<json::value> parse_json_strictly(std::string_view text, const body_limits& = {});

/// A document or an object of it to read from; refers to it.
class json_source {
 public:
  json_source(const json::value& v) : value_(&v) {}    // NOLINT(google-explicit-constructor): either is meant
  json_source(const json::object& o) : object_(&o) {}  // NOLINT(google-explicit-constructor)
  /// The value at a pointer; null if there is none.
  const json::value* find(std::string_view pointer) const;

 private:
  const json::value* value_ = nullptr;
  const json::object* object_ = nullptr;
};

/// A copy of the value at a pointer; null if there is none.
json::value value_at(const json_source&, std::string_view pointer);

/// The text at a pointer; empty if there is none. Numbers are read as their digits: ids come as either.
/// NUL characters are dropped, because PostgreSQL's text cannot hold them.
std::string text_at(const json_source&, std::string_view pointer);

/// The RFC 3339 time at a pointer; nothing if there is none or it cannot be read.
std::optional<timestamp> time_at(const json_source&, std::string_view pointer);

/// The same for every spelling of parse_sender_time().
std::optional<timestamp> sender_time_at(const json_source&, std::string_view pointer);

/// The boolean at a pointer; false if there is none.
bool flag_at(const json_source&, std::string_view pointer);

/// The number at a pointer, if there is a whole one.
std::optional<std::int64_t> number_at(const json_source&, std::string_view pointer);

/// `/a~1b`: a token as it stands in a pointer.
std::string pointer_token(std::string_view key);

/// The first value below `at` that cannot be stored: a number that is not finite, or a NUL in a text or key.
std::optional<problem> find_unstorable(const json::value&, const std::string& at);

}
