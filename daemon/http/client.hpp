#pragma once
// One request to a server, for the commands that talk to a running daemon. Plain HTTP; blocks.
#include <string>
#include <vector>

#include "collectors/result.hpp"
#include "daemon/http/message.hpp"

namespace releasehealth::http {

/// errc::malformed: the URL; errc::unavailable: no answer within ten seconds.
result<response> send(const std::string& method, const std::string& url, const std::string& body,
                      const std::vector<std::pair<std::string, std::string>>& header);

}
