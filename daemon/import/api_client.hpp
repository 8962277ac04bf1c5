#pragma once
// Sends the requests of `sync` to a tool's API, within the tool's limits.
#include <functional>
#include <string>

#include "collectors/api.hpp"
#include "daemon/http/client.hpp"

namespace releasehealth {

/// An answer, or the fact that nothing changed.
struct api_reply {
  api_answer answer = {};
  bool is_unchanged = false;   ///< 304: the answer with that ETag still holds
  std::string etag = {};       ///< empty: none
  timestamp answered_at = {};  ///< the server's time, which need not be this machine's
};

/// The API of one source. Requests go to the host of api_url only. A refusal by a rate limit is waited for; an answer
/// 5xx or none at all is asked for again, six times in half a minute.
class api_client {
 public:
  /// `pause`: waits; called with the duration and the reason. `api` and `settings` must outlive the client.
  api_client(const tool_api& api, const source& settings, secret token, const http::client_settings&,
             std::function<void(duration, const std::string&)> pause);

  /// `etag`: of an earlier answer to this request; empty: none. errc::unauthorized, errc::unknown (404),
  /// errc::malformed (another 4xx), errc::unavailable; the text names the call.
  result<api_reply> ask(const api_request&, const std::string& etag = {});

  std::size_t requests() const { return requests_; }
  /// The base of all requests, without a trailing slash.
  const std::string& url() const { return url_; }

 private:
  struct attempt;
  result<void> renew_token();
  result<api_reply> try_until_answered(const api_request&, const std::string& etag);
  attempt send_once(const api_request&, const std::string& etag);
  http::header_lines header_for(const api_request&, const std::string& etag) const;

  const tool_api& api_;
  const source& settings_;
  secret token_;
  struct grant {
    secret token;
    timestamp ends_at;
  };
  std::optional<grant> grant_;  ///< the token that a private key was exchanged for
  std::string authorization_;   ///< the proof of that key while it is exchanged
  http::client client_;
  std::function<void(duration, const std::string&)> pause_;
  std::string url_;
  std::optional<timestamp> not_before_;
  std::size_t requests_ = 0;
};

}
