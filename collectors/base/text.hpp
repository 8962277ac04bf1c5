#pragma once
// Short texts: comparison without case, lists and their parts, numbers.
#include <charconv>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <vector>

namespace releasehealth {

/// Changes ASCII letters only, in every locale.
constexpr char lower_case(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
std::string lower_case(std::string_view);
bool equal_ignoring_case(std::string_view, std::string_view);

/// Two lower-case digits for each byte.
std::string hex(std::string_view bytes);

/// In single quotes, escaped for a shell.
std::string shell_quoted(std::string_view);
/// Like shell_quoted(), but without quotes if a shell needs none.
std::string shell_word(std::string_view);

/// The words with a separator between them.
std::string joined(std::span<const std::string> words, std::string_view separator = ", ");

/// Removes the first part and its separator from the list and returns the part, which may be empty.
std::string_view take_part(std::string_view& list, char separator);

using word_list = std::vector<std::string_view>;

/// The words of a space-separated list, as tables write them.
word_list split_words(std::string_view list);
/// Whether a space-separated list contains that word.
bool has_word(std::string_view list, std::string_view word);

/// Removes a number from the beginning of the text and returns it. Returns nothing and leaves the text if there is none
/// or it exceeds T. Accepts no plus sign and no spaces, in any locale; `base` is ignored for floating-point numbers.
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

/// The whole text as a number; nothing if it is not a number or exceeds T.
template <class T>
std::optional<T> parse_number(std::string_view text, int base = 10) {
  const auto value = take_number<T>(text, base);
  return text.empty() ? value : std::nullopt;
}

}
