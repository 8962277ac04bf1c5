#include "daemon/http/message.hpp"

#include "collectors/form.hpp"

namespace releasehealth::http {

std::string query_value(const request& r, std::string_view name) {
  if (auto parameters = parse_form(r.query))
    for (auto& [key, value] : *parameters)
      if (key == name) return std::move(value);
  return {};
}

response problem(unsigned status, std::string_view title, std::string_view detail,
                 const std::vector<releasehealth::problem>& where) {
  unsigned char of_most[1024];  // whoever floods us with what is refused gets these
  json::monotonic_resource memory(of_most);
  json::object body({{"type", "about:blank"},
                     {"title", json::string_view(title.data(), title.size())},
                     {"status", status},
                     {"detail", json::string_view(detail.data(), detail.size())}},
                    &memory);
  if (!where.empty()) {
    auto& errors = body["errors"].emplace_array();
    for (const auto& p : where) errors.push_back(json::object{{"pointer", p.pointer}, {"detail", p.detail}});
  }
  return {status, "application/problem+json", json::serialize(body) + '\n', {}};
}

response json_answer(unsigned status, const json::value& body) {
  return {status, "application/json", json::serialize(body) + '\n', {}};
}

}
