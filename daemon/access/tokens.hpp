#pragma once
// Who may use /api/v1: bearer tokens by name and scope.
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
  reach about;                                ///< what it may report
  /// SHA-256 in hex of what is shown as bearer token, several while one is replaced. The token itself is kept nowhere:
  /// it has as much chance as a key, so that a digest of it is as good as a slow one.
  std::vector<std::string> digests;
  std::vector<secret> signing;  ///< Standard Webhooks' secrets: they sign, and nobody shows them
};

/// Whose events those are that a restricted token reports: `api.NAME`. No other sender takes over or changes what has
/// such a source, and a restricted token takes over or changes nothing else.
std::string source_of(const token&);

/// Every scope there is, space-separated.
std::string_view token_scopes();

/// Who sent this body: as authorize(), or by a Standard Webhooks signature with one of the signing secrets, which then
/// decides alone.
result<const token*> authorize_sender(const std::vector<token>&, const headers&, std::string_view body, timestamp now);

/// The token of the request's Authorization header, if it has the scope. errc::unauthorized without a valid one
/// (none configured: always), errc::forbidden without the scope.
result<const token*> authorize(const std::vector<token>&, const headers&, std::string_view scope);

}
