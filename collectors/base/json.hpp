#pragma once
// Reads JSON from external senders: strict parsing, and access by JSON pointer (RFC 6901).
#include <optional>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "collectors/base/result.hpp"
#include "collectors/base/time.hpp"
#include "collectors/base/utf8.hpp"

namespace releasehealth {

namespace json = boost::json;

/// Limits of a request body (daemon/system/limits.hpp).
struct body_limits {
  std::size_t json_depth = 32, json_values = 1'000'000, batch = 10'000;
};

/// The upper bound of `intake.max_json_depth`: deeper documents are never accepted.
inline constexpr std::size_t most_json_depth = 100;
/// Limits for reading stored deliveries and exports again, whatever the configured limits are.
inline constexpr body_limits own_limits{most_json_depth, std::size_t(-1), std::size_t(-1)};

/// Parses JSON that this program wrote: accepted documents of any depth, with the levels that rows add around them.
/// Throws boost::system::system_error if it is not JSON.
json::value parse_own(std::string_view text);

/// Parses one UTF-8 document. errc::malformed if it is not JSON or nested too deeply; errc::too_large if it contains
/// too many values.
result<json::value> parse_json(std::string_view text, const body_limits& = {});

/// Like parse_json(), but also rejects duplicate keys, NUL characters and numbers out of range, with their position
/// (interface.md §3). Boost keeps the last of two equal keys, PostgreSQL's text cannot contain NUL, and a number that
/// fits neither a double nor 64 bits would be stored as a different one.
result<json::value> parse_json_strictly(std::string_view text, const body_limits& = {});

/// A reference to a document, or to an object of one.
class json_source {
 public:
  json_source(const json::value& v) : value_(&v) {}    // NOLINT(google-explicit-constructor): both are intended
  json_source(const json::object& o) : object_(&o) {}  // NOLINT(google-explicit-constructor)
  /// The value at a pointer; null if there is none.
  const json::value* find(std::string_view pointer) const;

 private:
  const json::value* value_ = nullptr;
  const json::object* object_ = nullptr;
};

/// A copy of the value at a pointer; null if there is none.
json::value value_at(const json_source&, std::string_view pointer);

/// The text at a pointer; empty if there is none. Numbers are returned as digits, because senders write ids as either.
/// NUL characters are dropped, because PostgreSQL's text cannot contain them.
std::string text_at(const json_source&, std::string_view pointer);

/// The RFC 3339 time at a pointer; nothing if there is none or it is invalid.
std::optional<timestamp> time_at(const json_source&, std::string_view pointer);

/// Like time_at(), for all formats of parse_sender_time().
std::optional<timestamp> sender_time_at(const json_source&, std::string_view pointer);

/// The boolean at a pointer; false if there is none.
bool flag_at(const json_source&, std::string_view pointer);

/// The whole number at a pointer; nothing if there is none.
std::optional<std::int64_t> number_at(const json_source&, std::string_view pointer);

/// Escapes a key as a pointer token: `a~1b`.
std::string pointer_token(std::string_view key);

/// The first value that cannot be stored, as a pointer below `root`: a number that is not finite or exceeds 1e308, or a
/// text or key that contains NUL.
std::optional<problem> find_unstorable(const json::value&, const std::string& root);

}
