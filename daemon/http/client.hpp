#pragma once
// Blocking HTTP requests with libcurl, for commands that call a running daemon or a source's API.
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "collectors/base/result.hpp"
#include "daemon/http/message.hpp"

namespace releasehealth::http {

using header_lines = std::vector<std::pair<std::string, std::string>>;

/// How a client reaches servers.
struct client_settings {
  std::string proxy;    ///< http://proxy.example:3128; empty: none, whatever the environment sets
  std::string ca_file;  ///< certificates to trust in addition to those of OpenSSL's paths (SSL_CERT_FILE); may be empty
};

/// Sends requests one at a time over connections that it keeps. Uses TLS for https:// URLs, follows no redirect, and
/// ignores user and password of the URL.
class client {
 public:
  /// Throws std::runtime_error if libcurl cannot be initialised.
  explicit client(client_settings);
  ~client();
  client(client&&) noexcept;

  /// errc::malformed: the URL is invalid, or the certificate is not trusted; errc::unavailable: no response within 30
  /// seconds, one that ended early, or one larger than 64 MiB.
  result<response> send(const std::string& method, const std::string& url, const std::string& body,
                        const header_lines&);

 private:
  struct handle;
  std::unique_ptr<handle> handle_;
};

/// The time of an HTTP date, "Tue, 01 Dec 2026 07:00:00 GMT"; nothing if it is none.
std::optional<timestamp> parse_date(const std::string&);

/// One request over a connection of its own, without a proxy.
result<response> send(const std::string& method, const std::string& url, const std::string& body, const header_lines&);

}
