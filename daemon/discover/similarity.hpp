#pragma once
// How alike two names are: `checkout-prod`, `Checkout API` and `acme/checkout-service`.
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace releasehealth::discover {

/// The words of a name in lower case: parts between other characters than letters and digits, and of camelCase.
/// `checkoutservice` ends with a word of its own.
using name_words = std::vector<std::string>;
name_words words_of_name(std::string_view);
/// The same without what names an environment: at the end, and at the begin if it can mean nothing else, unless nothing
/// else is there.
name_words words_without_environment(std::string_view);
/// The name without the environment at its end or begin: `checkout` of `checkout-prod`. The name itself if it has none.
std::string without_environment(std::string_view);

/// How much a word says: less if it is one that every service may have, or if many of these names have it, as a
/// company's does.
class word_weights {
 public:
  word_weights() = default;
  explicit word_weights(std::span<const std::string> names);
  double of(const std::string& word) const;

 private:
  std::map<std::string, std::size_t, std::less<>> names_with_;
  std::size_t names_ = 0;
};

/// From 0, nothing in common, to 1: the same words. Words count by their weight; plurals and long words that begin
/// alike count nearly as one. A part that only one of them has (api, web, worker) makes them different things if the
/// other has another one.
double similarity(const name_words& a, const name_words& b, const word_weights&);
/// The greatest of any two.
double similarity(std::span<const name_words> a, std::span<const name_words> b, const word_weights&);

}
