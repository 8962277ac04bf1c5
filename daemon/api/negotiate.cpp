#include "daemon/api/negotiate.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>

#include "collectors/base/crypto.hpp"
#include "collectors/base/text.hpp"

namespace releasehealth::api {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::string_view take(std::string_view& list, char separator) { return trimmed(take_part(list, separator)); }

struct choice {
  std::string_view name, version;
  double q = 1;
};

choice read_choice(std::string_view text) {
  choice c;
  c.name = take(text, ';');
  while (!text.empty()) {
    auto parameter = take(text, ';');
    const auto key = take(parameter, '=');
    if (key == "q") c.q = std::strtod(std::string(parameter).c_str(), nullptr);
    if (key == "version") c.version = parameter;
  }
  return c;
}

}

text_format negotiate_format(std::string_view accept) {
  double openmetrics = 0, text = 0;
  while (!accept.empty()) {
    const auto c = read_choice(take(accept, ','));
    if (c.name == "application/openmetrics-text" && (c.version.empty() || c.version == "1.0.0" || c.version == "0.0.1"))
      openmetrics = std::max(openmetrics, c.q);
    // Prometheus 3 also requests text/plain 1.0.0: not supported
    if ((c.name == "text/plain" && (c.version.empty() || c.version == "0.0.4")) || c.name == "text/*" ||
        c.name == "*/*")
      text = std::max(text, c.q);
  }
  return openmetrics > text ? text_format::openmetrics : text_format::prometheus;
}

bool accepts_gzip(std::string_view encodings) {
  while (!encodings.empty())
    if (const auto c = read_choice(take(encodings, ',')); (c.name == "gzip" || c.name == "*") && c.q > 0) return true;
  return false;
}

const std::string& tag_of(http::response& a) {
  constexpr std::size_t enough = 32;
  for (const auto& [name, value] : a.header)
    if (name == "ETag") return value;
  return a.header.emplace_back("ETag", '"' + sha256_hex(a.body).substr(0, enough) + '"').second;
}

}
