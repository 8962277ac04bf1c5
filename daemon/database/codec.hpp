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
  static void read(std::string_view text, std::string& value) { value = text; }
  static void write(binary_array& array, const std::string& value) { array.add(std::string_view(value)); }
};

/// Write only.
template <>
struct codec<std::string_view> {
  static constexpr auto element = binary_array::text;
  static void write(binary_array& array, std::string_view value) { array.add(value); }
};

template <>
struct codec<bool> {
  static constexpr auto element = binary_array::boolean;
  static void read(std::string_view text, bool& value) { value = text == "t"; }
  static void write(binary_array& array, bool value) { array.add(value); }
};

template <class Number>
requires std::is_arithmetic_v<Number>
struct codec<Number> {
  static constexpr auto element = sizeof(Number) == sizeof(std::int32_t) ? binary_array::int4 : binary_array::int8;
  static void read(std::string_view text, Number& value) {
    const auto number = take_number<Number>(text);
    if (!number) throw std::runtime_error("PostgreSQL returned an invalid number: " + std::string(text));
    value = *number;
  }
  static void write(binary_array& array, Number value) requires std::is_integral_v<Number> {
    if constexpr (element == binary_array::int4)
      array.add(static_cast<std::int32_t>(value));
    else
      array.add(static_cast<std::int64_t>(value));
  }
};

/// Statements return times as microseconds since 1970, converted by the schema's function microseconds().
template <>
struct codec<timestamp> {
  static constexpr auto element = binary_array::timestamptz;
  static void read(std::string_view text, timestamp& value) {
    std::int64_t microseconds = 0;
    codec<std::int64_t>::read(text, microseconds);
    value = timestamp(duration(microseconds));
  }
  static void write(binary_array& array, timestamp value) { array.add(value); }
};

template <>
struct codec<json::object> {
  static constexpr auto element = binary_array::jsonb;
  static void read(std::string_view text, json::object& value) { value = std::move(parse_own(text).as_object()); }
  static void write(binary_array& array, const json::object& value) { array.add_jsonb(json::serialize(value)); }
};

/// Write only.
template <>
struct codec<const json::object*> {
  static constexpr auto element = binary_array::jsonb;
  static void write(binary_array& array, const json::object* value) { codec<json::object>::write(array, *value); }
};

/// Enumerations of the domain are stored as text.
template <class E>
requires requires { vocabulary<E>::words; }
struct codec<E> {
  static constexpr auto element = binary_array::text;
  static void read(std::string_view text, E& value) {
    const auto known = parse_word<E>(text);
    if (!known) throw std::runtime_error("unknown value in the database, from a newer release: " + std::string(text));
    value = *known;
  }
  static void write(binary_array& array, E value) { array.add(word(value)); }
};
/// In a column that is NOT NULL, an unknown value is the empty text.
template <class E>
requires requires { vocabulary<E>::words; }
struct codec<std::optional<E>> {
  static constexpr auto element = binary_array::text;
  static void read(std::string_view text, std::optional<E>& value) {
    if (!text.empty()) codec<E>::read(text, value.emplace());
  }
  static void write(binary_array& array, std::optional<E> value) { value ? array.add(word(*value)) : array.add_null(); }
};

/// Lists are stored as JSON arrays, because the rows of a PostgreSQL array must have the same length.
template <>
struct codec<std::vector<std::string>> {
  static constexpr auto element = binary_array::jsonb;
  static void read(std::string_view text, std::vector<std::string>& value) {
    const auto all = parse_own(text);
    for (const auto& one : all.as_array()) value.emplace_back(one.as_string());
  }
  static void write(binary_array& array, const std::vector<std::string>& value) {
    array.add_jsonb(json::serialize(json::value_from(value)));
  }
};

/// A value of type bytea.
struct blob {
  std::string bytes;
};
template <>
struct codec<blob> {
  static constexpr auto element = binary_array::bytea;
  static void read(std::string_view text, blob& value);
  static void write(binary_array& array, const blob& value) { array.add(std::string_view(value.bytes)); }
};

template <class T>
struct codec<std::optional<T>> {
  static constexpr auto element = codec<T>::element;
  static void read(std::string_view text, std::optional<T>& value) { codec<T>::read(text, value.emplace()); }
  static void write(binary_array& array, const std::optional<T>& value) {
    value ? codec<T>::write(array, *value) : array.add_null();
  }
};

}
