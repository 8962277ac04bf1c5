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
