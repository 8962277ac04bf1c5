#pragma once
// Access to /api/v1: bearer tokens with names and scopes.
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/base/crypto.hpp"
#include "collectors/base/result.hpp"
#include "daemon/access/reach.hpp"

namespace releasehealth {

/// A [[token]] for /api/v1.
struct token {
  std::string name;
  std::set<std::string, std::less<>> scopes;  ///< some of token_scopes()
  reach permitted;                            ///< what it may report about
  /// SHA-256 digests (hex) of the bearer token, several during a rotation. The token itself is not stored. Tokens are
  /// as random as keys, so a fast digest is as safe as a slow one.
  std::vector<std::string> digests;
  std::vector<secret> signing;  ///< secrets of Standard Webhooks: they only sign and are never sent
};

/// The source of events from a restricted token: `api.NAME`. Other senders cannot claim or change things of such a
/// source, and a restricted token cannot claim or change anything else.
std::string source_of(const token&);

/// All scopes, space-separated.
std::string_view token_scopes();

/// The token that sent this body: as authorize(), or, if present, by a Standard Webhooks signature with one of the
/// signing secrets, which then takes the place of the bearer token.
result<const token*> authorize_sender(const std::vector<token>&, const headers&, std::string_view body, timestamp now);

/// The token of the Authorization header, if it has the scope. errc::unauthorized without a valid token (always, if
/// none is configured), errc::forbidden without the scope.
result<const token*> authorize(const std::vector<token>&, const headers&, std::string_view scope);

}
