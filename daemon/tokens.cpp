#include "daemon/tokens.hpp"

#include "collectors/credentials.hpp"

namespace releasehealth {

namespace {

result<const token*> with_scope(const token* found, std::string_view scope, const char* otherwise) {
  if (!found) return error(errc::unauthorized, otherwise);
  if (!found->scopes.contains(scope))
    return error(errc::forbidden, "the token " + found->name + " lacks the scope " + std::string(scope));
  return found;
}

}

result<const token*> authorize(const std::vector<token>& tokens, const headers& header, std::string_view scope) {
  const auto given = bearer_token(header);
  const token* found = nullptr;
  for (const auto& t : tokens)
    if (token_is_any(t.values, given)) found = &t;
  return with_scope(found, scope, "this needs a bearer token");
}

result<const token*> authorize_sender(const std::vector<token>& tokens, const headers& header, std::string_view body,
                                      timestamp now) {
  const auto signature = read_standard_webhook(header);
  if (signature.signatures.empty()) return authorize(tokens, header, "send");
  const token* found = nullptr;
  for (const auto& t : tokens)
    if (signed_as_standard_webhook(t.values, signature, body, whole_unix_seconds(now))) found = &t;
  return with_scope(found, "send", "the signature is wrong, or too old");
}

}
