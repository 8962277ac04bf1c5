#pragma once
// Suggestions for misspelled words, and the common wording of errors about words.
#include <functional>
#include <ranges>
#include <string>
#include <string_view>

#include "collectors/base/text.hpp"

namespace releasehealth {

/// Views of the texts of a range, which must outlive them.
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

/// The known word that needs the fewest edits (Damerau-Levenshtein: a letter inserted, deleted or replaced, or two
/// adjacent ones swapped; compared without case); the first of several. Empty if every word needs more than one edit
/// per three letters (at least one edit is allowed).
std::string_view nearest(std::string_view word, const word_list& known);

/// `"text"` for messages: printable and cut after 100 bytes.
std::string in_quotes(std::string_view text);

/// `unknown kind "gihub"; did you mean "github"?`, or `...; expected a, b or c` if no word is near and there are few.
std::string unknown_word(std::string_view what, std::string_view word, const word_list& known);

/// The suggestion alone: `; did you mean "github"?`, `; expected a, b or c`, or empty.
std::string suggestion(std::string_view word, const word_list& known);

}
