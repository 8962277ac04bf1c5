#pragma once
// A blocking HTTP request with libcurl, for commands that call a running daemon or a source's API.
#include <string>
#include <vector>

#include "collectors/base/result.hpp"
#include "daemon/http/message.hpp"

namespace releasehealth::http {

/// Uses TLS for https:// URLs and trusts certificates from OpenSSL's paths (SSL_CERT_FILE). Follows no redirect, uses
/// no proxy, and ignores user and password of the URL. errc::malformed: the URL is invalid; errc::unavailable: no
/// response within 30 seconds, or one larger than 64 MiB.
result<response> send(const std::string& method, const std::string& url, const std::string& body,
                      const std::vector<std::pair<std::string, std::string>>& header);

}
