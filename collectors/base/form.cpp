#include "collectors/base/form.hpp"

#include <boost/url.hpp>

namespace releasehealth {

std::string encode_part(std::string_view text) { return boost::urls::encode(text, boost::urls::unreserved_chars); }

std::optional<std::vector<std::pair<std::string, std::string>>> parse_form(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> fields;
  const std::string terminated(text);  // Boost.URL 1.81 calls strlen on it, regardless of the view's length
  const auto parsed = boost::urls::parse_query(terminated);
  if (!parsed) return {};
  boost::urls::encoding_opts options;
  options.space_as_plus = true;
  for (const auto& p : *parsed) fields.emplace_back(p.key.decode(options), p.value.decode(options));
  return fields;
}

}
