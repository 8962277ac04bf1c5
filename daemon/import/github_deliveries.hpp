#pragma once
// Fetches past deliveries of a GitHub webhook, which GitHub's REST API keeps for a few days, to recover those missed
// during downtime.
#include <string>
#include <vector>

#include "collectors/base/headers.hpp"
#include "collectors/base/result.hpp"
#include "collectors/base/time.hpp"

namespace releasehealth {

/// The location of a hook: a repository or an organization.
struct github_hooks {
  std::string api = "https://api.github.com";  ///< Enterprise Server: https://host/api/v3
  std::string owner;                           ///< repos/acme/checkout or orgs/acme
  std::string token;                           ///< with read permission for repository or organization webhooks
};

/// A delivery, identified by its GUID, which is also the key of stored GitHub deliveries.
struct github_delivery {
  std::string id;    ///< the API's id of its latest attempt
  std::string guid;  ///< the same for all attempts
  std::string event;
  timestamp delivered_at;  ///< of its first attempt
  bool answered = false;   ///< one of its attempts got a 2xx response
};

/// The headers and body that were sent. The body is serialized again and may differ in bytes, so its signature cannot
/// be verified.
struct github_request {
  headers header;
  std::string body;
};

/// The id of the only hook whose URL ends with `url_ending`. errc::unknown: there is none, or several.
result<std::string> find_github_hook(const github_hooks&, const std::string& url_ending);

/// All deliveries since `since`, the oldest first. errc::unavailable, errc::unauthorized or errc::unknown, depending on
/// GitHub's response.
result<std::vector<github_delivery>> list_github_deliveries(const github_hooks&, const std::string& hook,
                                                            timestamp since);

result<github_request> fetch_github_delivery(const github_hooks&, const std::string& hook, const std::string& id);

}
