#include "daemon/http/message.hpp"

#include <boost/url.hpp>

namespace releasehealth::http {

std::vector<std::pair<std::string, std::string>> parse_query(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> out;
  const auto parsed = boost::urls::parse_query({text.data(), text.size()});
  if (!parsed) return out;
  boost::urls::encoding_opts options;
  options.space_as_plus = true;
  for (const auto& p : *parsed) out.emplace_back(p.key.decode(options), p.value.decode(options));
  return out;
}

std::string query_value(const request& r, std::string_view name) {
  for (auto& [key, value] : parse_query(r.query))
    if (key == name) return value;
  return {};
}

response problem(unsigned status, std::string_view title, std::string_view detail,
                 const std::vector<releasehealth::problem>& where) {
  json::object body = {
      {"type", "about:blank"}, {"title", std::string(title)}, {"status", status}, {"detail", std::string(detail)}};
  if (!where.empty()) {
    json::array errors;
    for (const auto& p : where) errors.push_back(json::object{{"pointer", p.pointer}, {"detail", p.detail}});
    body["errors"] = std::move(errors);
  }
  return {status, "application/problem+json", json::serialize(body) + '\n', {}};
}

response json_answer(unsigned status, const json::value& body) {
  return {status, "application/json", json::serialize(body) + '\n', {}};
}

}
