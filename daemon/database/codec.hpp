#pragma once
// Conversion of values: from PostgreSQL's text format, and to elements of binary arrays.
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/base/json.hpp"
#include "collectors/base/text.hpp"
#include "collectors/base/time.hpp"
#include "collectors/words.hpp"
#include "daemon/database/binary_array.hpp"

namespace releasehealth::ledger {

/// A field in PostgreSQL's text format; a view into the answer. nullopt: NULL.
using field = std::optional<std::string_view>;

/// For each type that a row may contain: its array `element`, read() and write().
template <class T>
struct codec;

template <>
struct codec<std::string> {
  static constexpr auto element = binary_array::text;
  static void read(std::string_view text, std::string& to) { to = text; }
  static void write(binary_array& to, const std::string& value) { to.add(std::string_view(value)); }
};

/// Write only.
template <>
struct codec<std::string_view> {
  static constexpr auto element = binary_array::text;
  static void write(binary_array& to, std::string_view value) { to.add(value); }
};

template <>
struct codec<bool> {
  static constexpr auto element = binary_array::boolean;
  static void read(std::string_view text, bool& to) { to = text == "t"; }
  static void write(binary_array& to, bool value) { to.add(value); }
};

template <class Number>
requires std::is_arithmetic_v<Number>
struct codec<Number> {
  static constexpr auto element = sizeof(Number) == sizeof(std::int32_t) ? binary_array::int4 : binary_array::int8;
  static void read(std::string_view text, Number& to) {
    const auto number = take_number<Number>(text);
    if (!number) throw std::runtime_error("PostgreSQL returned an invalid number: " + std::string(text));
    to = *number;
  }
  static void write(binary_array& to, Number value) requires std::is_integral_v<Number> {
    if constexpr (element == binary_array::int4)
      to.add(static_cast<std::int32_t>(value));
    else
      to.add(static_cast<std::int64_t>(value));
  }
};

/// Statements return times as microseconds since 1970, converted by the schema's function microseconds().
template <>
struct codec<timestamp> {
  static constexpr auto element = binary_array::timestamptz;
  static void read(std::string_view text, timestamp& to) {
    std::int64_t since = 0;
    codec<std::int64_t>::read(text, since);
    to = timestamp(duration(since));
  }
  static void write(binary_array& to, timestamp value) { to.add(value); }
};

template <>
struct codec<json::object> {
  static constexpr auto element = binary_array::jsonb;
  static void read(std::string_view text, json::object& to) { to = std::move(parse_own(text).as_object()); }
  static void write(binary_array& to, const json::object& value) { to.add_jsonb(json::serialize(value)); }
};

/// Write only.
template <>
struct codec<const json::object*> {
  static constexpr auto element = binary_array::jsonb;
  static void write(binary_array& to, const json::object* value) { codec<json::object>::write(to, *value); }
};

/// Enumerations of the domain are stored as text.
template <class E>
requires requires { vocabulary<E>::words; }
struct codec<E> {
  static constexpr auto element = binary_array::text;
  static void read(std::string_view text, E& to) {
    const auto known = parse_word<E>(text);
    if (!known) throw std::runtime_error("unknown value in the database, from a newer release: " + std::string(text));
    to = *known;
  }
  static void write(binary_array& to, E value) { to.add(word(value)); }
};
/// In a column that is NOT NULL, an unknown value is the empty text.
template <class E>
requires requires { vocabulary<E>::words; }
struct codec<std::optional<E>> {
  static constexpr auto element = binary_array::text;
  static void read(std::string_view text, std::optional<E>& to) {
    if (!text.empty()) codec<E>::read(text, to.emplace());
  }
  static void write(binary_array& to, std::optional<E> value) { value ? to.add(word(*value)) : to.add_null(); }
};

/// Lists are stored as JSON arrays, because the rows of a PostgreSQL array must have the same length.
template <>
struct codec<std::vector<std::string>> {
  static constexpr auto element = binary_array::jsonb;
  static void read(std::string_view text, std::vector<std::string>& to) {
    const auto all = parse_own(text);
    for (const auto& one : all.as_array()) to.emplace_back(one.as_string());
  }
  static void write(binary_array& to, const std::vector<std::string>& value) {
    to.add_jsonb(json::serialize(json::value_from(value)));
  }
};

/// A value of type bytea.
struct blob {
  std::string bytes;
};
template <>
struct codec<blob> {
  static constexpr auto element = binary_array::bytea;
  static void read(std::string_view text, blob& to);
  static void write(binary_array& to, const blob& value) { to.add(std::string_view(value.bytes)); }
};

template <class T>
struct codec<std::optional<T>> {
  static constexpr auto element = codec<T>::element;
  static void read(std::string_view text, std::optional<T>& to) { codec<T>::read(text, to.emplace()); }
  static void write(binary_array& to, const std::optional<T>& value) {
    value ? codec<T>::write(to, *value) : to.add_null();
  }
};

}
