#include "daemon/discover/similarity.hpp"

#include <algorithm>
#include <set>

#include "collectors/base/text.hpp"

namespace releasehealth::discover {
namespace {

constexpr std::string_view environment_words =
    "production prod prd live staging stage stg preprod development dev test testing qa uat sandbox preview canary eu "
    "us ap apac emea";
constexpr std::string_view leading_environment_words = "production prod prd staging stg preprod dev qa uat";
constexpr std::string_view cloud_words = "eu us ap sa ca me af europe asia australia northamerica southamerica";
constexpr std::string_view direction_words = "north south east west central northeast southeast northwest southwest";
/// Parts of a product: names with different parts are different services.
constexpr std::string_view part_words =
    "api web ui frontend backend worker workers mobile ios android admin gateway job jobs cron consumer scheduler "
    "proxy "
    "client db cache docs";
constexpr std::string_view filler_words =
    "service services svc srv microservice app application server the and of team system project platform deploy "
    "deployment";
constexpr double part_weight = 0.5, filler_weight = 0.1, common_weight = 0.25, nearly = 0.85, other_part = 0.6;

bool is_letter(char c) { return lower_case(c) >= 'a' && lower_case(c) <= 'z'; }
bool is_word_char(char c) { return is_letter(c) || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

/// A word and its position.
struct spelled_word {
  std::string text;
  std::size_t begin, end;
};

std::vector<spelled_word> split_name(std::string_view name) {
  std::vector<spelled_word> all;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (!is_word_char(name[i])) continue;
    const bool follows = !all.empty() && all.back().end == i;
    const bool is_hump = follows && is_upper(name[i]) && !is_upper(name[i - 1]) && is_letter(name[i - 1]);
    if (!follows || is_hump) all.push_back({{}, i, i});
    all.back().text += lower_case(name[i]);
    all.back().end = i + 1;
  }
  return all;
}

// The number of words before `last` that name a cloud region: eu-west-1 (AWS), europe-west1 (Google).
std::size_t count_region_words(const std::vector<spelled_word>& words, std::size_t last) {
  constexpr std::string_view digits = "0123456789";
  const bool has_number = last > 0 && words[last - 1].text.find_first_not_of(digits) == std::string::npos;
  const std::size_t n = has_number ? 3 : 2;
  if (last < n) return 0;
  const auto& direction = words[last - n + 1].text;
  const auto letters = direction.substr(0, direction.find_last_not_of(digits) + 1);
  return !letters.empty() && has_word(direction_words, letters) && has_word(cloud_words, words[last - n].text) ? n : 0;
}

std::size_t count_environment_words(const std::vector<spelled_word>& words, std::size_t last) {
  return has_word(environment_words, words[last - 1].text) ? 1 : count_region_words(words, last);
}

/// The range of words without environments: [first, last).
std::pair<std::size_t, std::size_t> own_words(const std::vector<spelled_word>& words) {
  std::size_t first = 0, last = words.size();
  while (last > 1) {
    const auto n = count_environment_words(words, last);
    if (n == 0 || n >= last) break;
    last -= n;
  }
  while (first + 1 < last && has_word(leading_environment_words, words[first].text)) ++first;
  return {first, last};
}

// Splits the last word of names like checkoutservice and cartsvc.
void split_suffix(std::vector<std::string>& words) {
  for (const std::string_view suffix : {"microservice", "service", "svc"})
    if (auto& word = words.back(); word.size() > suffix.size() + 1 && word.ends_with(suffix)) {
      word.resize(word.size() - suffix.size());
      words.emplace_back(suffix);
      return;
    }
}

// 1 for equal words, 0.85 for a plural or a long word that the other begins with, else 0.
double likeness(std::string_view a, std::string_view b) {
  constexpr std::size_t long_word = 5;
  if (a == b) return 1;
  if (a.size() > b.size()) std::swap(a, b);
  if (a.size() >= 3 && b.size() == a.size() + 1 && b.starts_with(a) && b.ends_with('s')) return nearly;
  return a.size() >= long_word && b.starts_with(a) && a.size() * 5 >= b.size() * 3 ? nearly : 0;
}

bool has_part(const std::vector<std::string>& words, const std::vector<std::string>& besides) {
  return std::ranges::any_of(words, [&](const auto& word) {
    return has_word(part_words, word) && std::ranges::find(besides, word) == besides.end();
  });
}

std::string joined_words(const std::vector<std::string>& words) {
  std::string all;
  for (const auto& word : words)
    if (!has_word(filler_words, word)) all += word;
  return all;
}

}

name_words words_of_name(std::string_view name) {
  name_words all;
  for (auto& word : split_name(name)) all.push_back(std::move(word.text));
  if (!all.empty()) split_suffix(all);
  return all;
}

name_words words_without_environment(std::string_view name) { return words_of_name(without_environment(name)); }

std::string without_environment(std::string_view name) {
  const auto words = split_name(name);
  const auto [first, last] = own_words(words);
  if (words.empty() || (first == 0 && last == words.size())) return std::string(name);
  return std::string(name.substr(words[first].begin, words[last - 1].end - words[first].begin));
}

word_weights::word_weights(std::span<const std::string> names) : names_(names.size()) {
  for (const auto& name : names) {
    const auto words = words_of_name(name);
    for (const auto& word : std::set(words.begin(), words.end())) ++names_with_[word];
  }
}

double word_weights::of(const std::string& word) const {
  constexpr std::size_t few = 4;  // a word in at most this many names is not common
  if (has_word(filler_words, word)) return filler_weight;
  const auto known = names_with_.find(word);
  const bool is_common = known != names_with_.end() && known->second > few && known->second * 4 > names_;
  if (is_common) return common_weight;
  return has_word(part_words, word) ? part_weight : 1;
}

double similarity(const name_words& words_a, const name_words& words_b, const word_weights& weights) {
  if (words_a.empty() || words_b.empty()) return 0;
  if (words_a == words_b) return 1;
  double all = 0, common = 0;
  std::vector<bool> is_taken(words_b.size());
  for (const auto& word : words_a) {
    all += weights.of(word);
    double best = 0;
    std::size_t closest = 0;
    for (std::size_t i = 0; i < words_b.size(); ++i)
      if (const auto alike = is_taken[i] ? 0 : likeness(word, words_b[i]); alike > best) {
        best = alike;
        closest = i;
      }
    if (best == 0) continue;
    is_taken[closest] = true;
    common += best * (weights.of(word) + weights.of(words_b[closest]));
  }
  for (const auto& word : words_b) all += weights.of(word);
  auto alike = common / all;
  if (const auto joined = joined_words(words_a); joined.size() > 3 && joined == joined_words(words_b))
    alike = std::max(alike, 0.95);
  return has_part(words_a, words_b) && has_part(words_b, words_a) ? alike * other_part : alike;
}

double similarity(std::span<const name_words> a, std::span<const name_words> b, const word_weights& weights) {
  double best = 0;
  for (const auto& one : a)
    for (const auto& other : b) best = std::max(best, similarity(one, other, weights));
  return best;
}

}
