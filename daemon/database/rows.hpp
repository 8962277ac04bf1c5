#pragma once
// Rows as structs. One description of a row type's columns serves to read rows from results and to write them as
// arrays, one per column.
//
//   BOOST_DESCRIBE_STRUCT(place, (), (service, environment))
//
//   for (const auto& where : query<place>(work, sql::derivation::write_failures, by_column(rows)))
#include <array>
#include <concepts>
#include <ranges>
#include <span>
#include <tuple>

#include <boost/describe.hpp>

#include "daemon/database/codec.hpp"
#include "daemon/database/connection.hpp"

namespace releasehealth::ledger {

/// A column's name and its member, as a path of member pointers.
template <class... Path>
struct column {
  std::string_view name;
  std::tuple<Path...> path;
  constexpr explicit column(std::string_view called, Path... steps) : name(called), path(steps...) {}
  template <class Row>
  constexpr auto& of(Row& row) const {
    return std::apply(
        [&](auto... steps) -> auto& { return (row.*....*steps); }, path);
  }
};

/// The columns of a member, for the row that contains it.
template <class Member, class... Columns>
constexpr auto within(Member member, const std::tuple<Columns...>& of_member) {
  const auto deeper = [&](const auto& one) {
    return std::apply([&](auto... steps) { return column(one.name, member, steps...); }, one.path);
  };
  return std::apply([&](const auto&... all) { return std::tuple(deeper(all)...); }, of_member);
}

/// The columns of a row type: the members described by BOOST_DESCRIBE_STRUCT, or, if the columns have other names, the
/// type's own `columns` or a specialisation. A type without columns is read from the first field of a row.
template <class Row>
inline constexpr auto columns_of = std::tuple();
template <class Row>
requires requires { Row::columns; }
inline constexpr auto columns_of<Row> = Row::columns;
template <class Row>
requires boost::describe::has_describe_members<Row>::value inline constexpr auto columns_of<Row> =
    []<template <class...> class List, class... Members>(List<Members...>) {
      return std::tuple(column(Members::name, Members::pointer)...);
    }(boost::describe::describe_members<Row, boost::describe::mod_public>());

/// An encoded parameter of a statement: text, or PostgreSQL's binary format.
struct parameter {
  enum { null, text, binary } form = null;
  std::string value = {};
};

/// The result of a statement.
class answer {
 public:
  std::size_t size() const;      ///< rows
  std::size_t affected() const;  ///< rows written
  const std::vector<std::string_view>& columns() const;
  /// The oid of a column's type.
  std::uint32_t type(std::size_t column) const;
  /// Calls `look(std::span<const field>)` with each row.
  template <class Look>
  void each(Look&& look) const {
    hand_over(
        [](void* closure, std::span<const field> row) { (*static_cast<std::remove_reference_t<Look>*>(closure))(row); },
        &look);
  }

 private:
  friend answer ask(transaction&, std::string_view, const std::vector<parameter>&);
  struct held;
  void hand_over(void (*look)(void*, std::span<const field>), void* closure) const;
  std::shared_ptr<held> held_;
};

/// Runs one statement with parameters, which are sent separately from its text. Throws postgres_failure.
answer ask(transaction&, std::string_view statement, const std::vector<parameter>&);
/// Runs statements without parameters, separated by semicolons.
void run_script(transaction&, std::string_view statements);

/// Passes rows as parameters: one array per column.
template <class Rows>
struct by_column {
  const Rows& rows;
  explicit by_column(const Rows& all) : rows(all) {}
};

namespace parameters {

template <class T>
std::vector<binary_array> arrays_of(const T& rows) {
  using row = std::ranges::range_value_t<T>;
  return std::apply(
      [&](const auto&... columns) {
        std::vector<binary_array> arrays;
        arrays.reserve(sizeof...(columns));
        const auto write = [&](const auto& column) {
          using member = std::remove_cvref_t<decltype(column.of(std::declval<const row&>()))>;
          auto& array = arrays.emplace_back(codec<member>::element);
          for (const auto& r : rows) codec<member>::write(array, column.of(r));
        };
        (write(columns), ...);
        return arrays;
      },
      columns_of<row>);
}

template <class T>
void add(std::vector<parameter>& encoded, const T& value) {
  const auto text = [&](std::string as_text) { encoded.push_back({parameter::text, std::move(as_text)}); };
  if constexpr (std::is_same_v<T, bool>) {
    text(value ? "true" : "false");
  } else if constexpr (std::is_integral_v<T>) {
    text(std::to_string(value));
  } else if constexpr (std::is_floating_point_v<T>) {
    char digits[32];
    text({digits, std::to_chars(std::begin(digits), std::end(digits), value).ptr});
  } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    text(std::string(std::string_view(value)));
  } else if constexpr (requires { vocabulary<T>::words; }) {
    text(std::string(word(value)));
  } else if constexpr (std::is_same_v<T, timestamp>) {
    text(format_time(value));
  } else if constexpr (std::is_same_v<T, json::object> || std::is_same_v<T, json::array>) {
    text(json::serialize(value));
  } else if constexpr (std::is_same_v<T, blob>) {
    encoded.push_back({parameter::binary, value.bytes});
  } else {  // a range of values
    using element = std::ranges::range_value_t<T>;
    binary_array array(codec<element>::element);
    for (const auto& one : value) codec<element>::write(array, one);
    encoded.push_back({parameter::binary, std::move(array).bytes()});
  }
}
template <class T>
void add(std::vector<parameter>& encoded, const std::optional<T>& value) {
  value ? add(encoded, *value) : encoded.push_back({});
}
template <class Rows>
void add(std::vector<parameter>& encoded, const by_column<Rows>& all) {
  for (auto& array : arrays_of(all.rows)) encoded.push_back({parameter::binary, std::move(array).bytes()});
}

template <class... T>
std::vector<parameter> list(const T&... values) {
  std::vector<parameter> all;
  all.reserve(sizeof...(values));
  (add(all, values), ...);
  return all;
}

}

/// The position of each column of a row type in an answer. Throws std::logic_error if one is missing.
template <class Row>
auto positions_in(const answer& found) {
  const auto& names = found.columns();
  const auto position = [&](std::string_view name) {
    const auto match = std::ranges::find(names, name);
    if (match == names.end()) throw std::logic_error("the statement returns no column " + std::string(name));
    return static_cast<std::size_t>(match - names.begin());
  };
  return std::apply(
      [&](const auto&... columns) { return std::array<std::size_t, sizeof...(columns)>{position(columns.name)...}; },
      columns_of<Row>);
}

/// Reads a row; a NULL keeps the member's default value.
template <class Row>
Row read_row(std::span<const field> fields, const auto& positions) {
  Row row{};
  const auto read = [](const field& text, auto& value) {
    if (text) codec<std::remove_reference_t<decltype(value)>>::read(*text, value);
  };
  if constexpr (std::tuple_size_v<std::remove_cvref_t<decltype(columns_of<Row>)>> == 0)
    read(fields.front(), row);
  else
    std::apply(
        [&](const auto&... columns) {
          std::size_t n = 0;
          (read(fields[positions[n++]], columns.of(row)), ...);
        },
        columns_of<Row>);
  return row;
}

/// Runs a statement and returns its rows. Parameters: texts, numbers, times, JSON; a range is passed as an array,
/// by_column() as one array per column.
template <class Row, class... Parameters>
std::vector<Row> query(transaction& work, std::string_view statement, const Parameters&... given) {
  const auto found = ask(work, statement, parameters::list(given...));
  const auto positions = positions_in<Row>(found);
  std::vector<Row> rows;
  rows.reserve(found.size());
  found.each([&](std::span<const field> fields) { rows.push_back(read_row<Row>(fields, positions)); });
  return rows;
}

/// Runs a statement that always returns a row, and returns the first one.
template <class Row, class... Parameters>
Row query_one(transaction& work, std::string_view statement, const Parameters&... given) {
  return std::move(query<Row>(work, statement, given...).at(0));
}

/// Runs a statement and returns the number of rows that it wrote.
template <class... Parameters>
std::size_t execute(transaction& work, std::string_view statement, const Parameters&... given) {
  return ask(work, statement, parameters::list(given...)).affected();
}

}
