#pragma once
// Mistyped words: what was probably meant, and the one way in which errors about words are written.
#include <functional>
#include <ranges>
#include <string>
#include <string_view>

#include "collectors/base/text.hpp"

namespace releasehealth {

/// Views of any range of texts, which must outlive them.
template <class Texts>
word_list word_list_of(const Texts& texts) {
  return word_list(std::ranges::begin(texts), std::ranges::end(texts));
}
template <class Rows, class Text>
word_list word_list_of(const Rows& rows, Text name) {
  word_list all;
  for (const auto& row : rows) all.push_back(std::invoke(name, row));
  return all;
}

/// The known word that takes the fewest edits (Damerau-Levenshtein: a letter more, less, another, or two exchanged;
/// case does not count), the first of several. Empty if each takes more than one edit for every three letters, at least
/// one.
std::string_view nearest(std::string_view word, const word_list& known);

/// `"text"`, cut after 100 bytes and printable: for messages.
std::string in_quotes(std::string_view text);

/// `unknown kind "gihub"; did you mean "github"?`, or, if none is near and they are few, `...; expected a, b or c`.
std::string unknown_word(std::string_view what, std::string_view word, const word_list& known);

/// The second half of it alone: `; did you mean "github"?`, `; expected a, b or c`, or nothing.
std::string suggestion(std::string_view word, const word_list& known);

}
