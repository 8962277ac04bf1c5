#pragma once
// One request to a server, for the commands that talk to a running daemon or to a source's API: libcurl. Blocks.
#include <string>
#include <vector>

#include "collectors/base/result.hpp"
#include "daemon/http/message.hpp"

namespace releasehealth::http {

/// Over TLS for https://, to a server whose certificate OpenSSL's paths trust (SSL_CERT_FILE). Follows no redirect,
/// asks no proxy, and leaves out a user and password of the URL. errc::malformed: the URL; errc::unavailable: no
/// response within 30 seconds, or one over 64 MiB.
result<response> send(const std::string& method, const std::string& url, const std::string& body,
                      const std::vector<std::pair<std::string, std::string>>& header);

}
