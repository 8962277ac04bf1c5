#include "daemon/http/message.hpp"

#include "collectors/base/form.hpp"
#include "collectors/base/text.hpp"

namespace releasehealth::http {

std::string query_value(const request& r, std::string_view name) {
  if (auto parameters = parse_form(r.query))
    for (auto& [key, value] : *parameters)
      if (key == name) return std::move(value);
  return {};
}

bool is_loopback(std::string_view address) {
  constexpr std::string_view mapped = "::ffff:";
  if (address.starts_with(mapped)) address.remove_prefix(mapped.size());
  // A host name may begin with 127., too, and resolve to any address.
  const bool is_number = address.find_first_not_of("0123456789.") == address.npos;
  return (address.starts_with("127.") && is_number) || address == "::1" || address == "localhost";
}

std::string host_of(std::string_view authority) {
  if (authority.starts_with('[')) {
    authority = authority.substr(1, authority.find(']') - 1);
  } else if (const auto colon = authority.rfind(':'); colon != authority.npos && authority.find(':') == colon) {
    authority = authority.substr(0, colon);
  }
  return lower_case(authority);
}

response json_answer(unsigned status, const json::value& body) {
  return {status, "application/json", json::serialize(body) + '\n', {}};
}

}
