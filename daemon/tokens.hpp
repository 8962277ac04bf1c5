#pragma once
// Who may use /api/v1: bearer tokens by name and scope.
#include <string_view>
#include <vector>

#include "collectors/result.hpp"
#include "daemon/config.hpp"

namespace releasehealth {

/// The token of the request's Authorization header, if it has the scope. errc::unauthorized without a valid one
/// (none configured: always), errc::forbidden without the scope.
/// Who sent this body: as authorize(), or by a Standard Webhooks signature with a token as its secret, which then
/// decides alone.
result<const token*> authorize_sender(const std::vector<token>&, const headers&, std::string_view body, timestamp now);

result<const token*> authorize(const std::vector<token>&, const headers&, std::string_view scope);

}
