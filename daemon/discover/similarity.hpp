#pragma once
// The similarity of names, such as `checkout-prod`, `Checkout API` and `acme/checkout-service`.
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace releasehealth::discover {

/// The words of a name in lower case, split at characters other than letters and digits and at camelCase humps. The
/// suffix of `checkoutservice` is a separate word.
using name_words = std::vector<std::string>;
name_words words_of_name(std::string_view);
/// The words without those that name an environment at the end, or unambiguously at the beginning. At least one word
/// stays.
name_words words_without_environment(std::string_view);
/// The name without an environment at its end or beginning: `checkout` for `checkout-prod`. The name itself if it has
/// none.
std::string without_environment(std::string_view);

/// The weights of words: lower for generic words of services, and for words that many of these names contain, such as a
/// company's name.
class word_weights {
 public:
  word_weights() = default;
  explicit word_weights(std::span<const std::string> names);
  double of(const std::string& word) const;

 private:
  std::map<std::string, std::size_t, std::less<>> names_with_;
  std::size_t names_ = 0;
};

/// From 0 (nothing in common) to 1 (the same words). Words count by their weight; plurals and long words with a common
/// beginning count nearly as equal. Names with different parts of a product (api, web, worker) are less similar.
double similarity(const name_words& a, const name_words& b, const word_weights&);
/// The highest similarity of any pair.
double similarity(std::span<const name_words> a, std::span<const name_words> b, const word_weights&);

}
