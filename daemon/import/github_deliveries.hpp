#pragma once
// The deliveries of a GitHub webhook, as GitHub's REST API keeps them for a few days: what nobody answered can be
// fetched.
#include <string>
#include <vector>

#include "collectors/base/headers.hpp"
#include "collectors/base/result.hpp"
#include "collectors/base/time.hpp"

namespace releasehealth {

/// Where the hook is: a repository's or an organisation's.
struct github_hooks {
  std::string api = "https://api.github.com";  ///< Enterprise Server: https://host/api/v3
  std::string owner;                           ///< repos/acme/checkout or orgs/acme
  std::string token;                           ///< may read the hook: repository or organisation webhooks, read
};

/// A delivery, known by its GUID, which is what our own deliveries are known by.
struct github_delivery {
  std::string id;    ///< of its latest attempt, for the API
  std::string guid;  ///< the same for all attempts
  std::string event;
  timestamp delivered_at;  ///< of its first attempt
  bool answered = false;   ///< one of its attempts was answered 2xx
};

/// What was sent: headers and body. The body is JSON again, but not byte for byte as it was: no signature is over it.
struct github_request {
  headers header;
  std::string body;
};

/// The id of the only hook whose URL ends so. errc::unknown: none, or several.
result<std::string> find_github_hook(const github_hooks&, const std::string& url_ending);

/// All deliveries since then, the oldest first. errc::unavailable, errc::unauthorized, errc::unknown as GitHub answers.
result<std::vector<github_delivery>> list_github_deliveries(const github_hooks&, const std::string& hook,
                                                            timestamp since);

result<github_request> fetch_github_delivery(const github_hooks&, const std::string& hook, const std::string& id);

}
