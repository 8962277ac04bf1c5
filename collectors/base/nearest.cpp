#include "collectors/base/nearest.hpp"

#include <algorithm>

#include "collectors/base/printable.hpp"

namespace releasehealth {
namespace {

constexpr std::size_t letters_per_edit = 3;
constexpr std::size_t most_listed = 40;    // known words in one message
constexpr std::size_t longest_word = 200;  // time and memory of the distance grow with the product of the lengths
constexpr std::size_t longest_quoted = 100;

// Restricted Damerau-Levenshtein distance of two words; keeps three rows of the table.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> earlier(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower_case(a[i - 1]) == lower_case(b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      const bool exchanged = i > 1 && j > 1 && lower_case(a[i - 1]) == lower_case(b[j - 2]) &&
                             lower_case(a[i - 2]) == lower_case(b[j - 1]);
      if (exchanged) row[j] = std::min(row[j], earlier[j - 2] + 1);
    }
    std::swap(earlier, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

std::string listed(const word_list& words) {
  std::string all;
  for (std::size_t n = 0; n < words.size(); ++n) {
    if (n > 0) all += n + 1 == words.size() ? " or " : ", ";
    all += words[n];
  }
  return all;
}

}

std::string_view nearest(std::string_view word, const word_list& known) {
  std::string_view found;
  if (word.empty() || word.size() > longest_word) return found;
  auto most = std::max<std::size_t>(1, word.size() / letters_per_edit) + 1;
  for (const auto& candidate : known) {
    const auto longer = std::max(candidate.size(), word.size());
    if (candidate.empty() || longer - std::min(candidate.size(), word.size()) >= most) continue;
    const auto edits = distance(word, candidate);
    if (edits >= most || edits >= longer) continue;
    most = edits;
    found = candidate;
  }
  return found;
}

std::string in_quotes(std::string_view text) {
  return '"' + printable(text.substr(0, longest_quoted)) + (text.size() > longest_quoted ? "...\"" : "\"");
}

std::string suggestion(std::string_view word, const word_list& known) {
  if (const auto meant = nearest(word, known); !meant.empty()) return "; did you mean " + in_quotes(meant) + "?";
  if (known.empty() || known.size() > most_listed) return {};
  return "; expected " + listed(known);
}

std::string unknown_word(std::string_view what, std::string_view word, const word_list& known) {
  return "unknown " + std::string(what) + ' ' + in_quotes(word) + suggestion(word, known);
}

}
