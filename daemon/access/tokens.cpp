#include "daemon/access/tokens.hpp"

#include "collectors/credentials.hpp"
#include "collectors/signature.hpp"

namespace releasehealth {

namespace {

result<const token*> with_scope(const token* found, std::string_view scope, const char* otherwise) {
  if (!found) return error(errc::unauthorized, otherwise);
  if (!found->scopes.contains(scope))
    return error(errc::forbidden, "the token " + found->name + " lacks the scope " + std::string(scope));
  return found;
}

}

std::string source_of(const token& t) { return "api." + t.name; }

std::string_view token_scopes() { return "send read amend admin"; }

result<const token*> authorize(const std::vector<token>& tokens, const headers& header, std::string_view scope) {
  const auto given = bearer_token(header);
  const auto digest = given.empty() ? std::string() : sha256_hex(given);
  const token* found = nullptr;
  for (const auto& t : tokens)
    for (const auto& d : t.digests)
      if (equal_in_constant_time(d, digest)) found = &t;
  return with_scope(found, scope, "missing or invalid bearer token");
}

result<const token*> authorize_sender(const std::vector<token>& tokens, const headers& header, std::string_view body,
                                      timestamp now) {
  const auto signature = read_standard_webhook(header);
  if (signature.signatures.empty()) return authorize(tokens, header, "send");
  const token* found = nullptr;
  for (const auto& t : tokens)
    if (signed_as_standard_webhook(t.signing, signature, body, whole_unix_seconds(now))) found = &t;
  return with_scope(found, "send", "invalid or expired signature");
}

}
