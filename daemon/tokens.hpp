#pragma once
// Who may use /api/v1: bearer tokens by name and scope.
#include <string_view>
#include <vector>

#include "collectors/result.hpp"
#include "daemon/config.hpp"

namespace releasehealth {

/// Who sent this body: as authorize(), or by a Standard Webhooks signature with one of the signing secrets, which then
/// decides alone.
result<const token*> authorize_sender(const std::vector<token>&, const headers&, std::string_view body, timestamp now);

/// The token of the request's Authorization header, if it has the scope. errc::unauthorized without a valid one
/// (none configured: always), errc::forbidden without the scope.
result<const token*> authorize(const std::vector<token>&, const headers&, std::string_view scope);

}
