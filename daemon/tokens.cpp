#include "daemon/tokens.hpp"

namespace releasehealth {

result<const token*> authorize(const std::vector<token>& tokens, const headers& header, std::string_view scope) {
  constexpr std::string_view scheme = "Bearer ";
  const auto given = header.get("Authorization");
  const token* found = nullptr;
  if (given.starts_with(scheme))
    for (const auto& t : tokens)
      if (token_is_any(t.values, given.substr(scheme.size()))) found = &t;
  if (!found) return error(errc::unauthorized, "this needs a bearer token");
  if (!found->scopes.contains(scope))
    return error(errc::forbidden, "the token " + found->name + " lacks the scope " + std::string(scope));
  return found;
}

}
