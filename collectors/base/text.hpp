#pragma once
// Short texts: letters regardless of case, lists and their parts, numbers.
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <vector>

namespace releasehealth {

/// ASCII letters only: every other byte stays as it is, whatever the locale.
constexpr char lower_case(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
std::string lower_case(std::string_view);
bool equal_ignoring_case(std::string_view, std::string_view);

/// Two lower-case digits for each byte.
std::string hex(std::string_view bytes);

/// In single quotes, as shells read them.
std::string shell_quoted(std::string_view);
/// The same, without quotes where a shell needs none.
std::string shell_word(std::string_view);

/// The list up to its first separator; both leave the list. An empty part is a part.
std::string_view take_part(std::string_view& list, char separator);

using word_list = std::vector<std::string_view>;

/// The words of a space-separated list, as tables write them.
word_list split_words(std::string_view list);
/// Whether such a list holds that word.
bool has_word(std::string_view list, std::string_view word);

/// The number at the beginning of a text, which leaves it. Nothing, and the text stays: there is none, or it exceeds T.
/// No plus sign, no spaces, whatever the locale; floating-point numbers ignore `base`.
template <class T>
std::optional<T> take_number(std::string_view& text, [[maybe_unused]] int base = 10) {
  T value{};
  const auto read = [&] {
    if constexpr (std::is_floating_point_v<T>)
      return std::from_chars(text.data(), text.data() + text.size(), value);
    else
      return std::from_chars(text.data(), text.data() + text.size(), value, base);
  }();
  if (read.ec != std::errc{}) return {};
  text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
  return value;
}

/// The number that the whole text is; nothing if it is none, or exceeds T.
template <class T>
std::optional<T> parse_number(std::string_view text, int base = 10) {
  const auto value = take_number<T>(text, base);
  return text.empty() ? value : std::nullopt;
}

}
