#pragma once
// Errors as responses: the status of each, and its problem document (RFC 9457, interface.md section 2).
#include "collectors/base/result.hpp"
#include "daemon/http/message.hpp"

namespace releasehealth::http {

/// errc::unreadable has no error response: the delivery is accepted and stored as a dead letter.
unsigned status_of(errc);

/// The reason phrase of RFC 9110, for the statuses that this program sends.
std::string_view title_of(unsigned status);

/// A problem document: type, title, status, detail, and the position of each error in the body.
response problem(unsigned status, std::string_view detail, const std::vector<releasehealth::problem>& where = {});

/// The problem document of an error, with WWW-Authenticate and Retry-After where they apply.
response refuse(const error&, std::string_view authenticate = "Bearer");

}
