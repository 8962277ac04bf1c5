#pragma once
// A table of routes: which handler takes which method and path. 404 and 405 fall out of it.
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/http/message.hpp"

namespace releasehealth::http {

/// What `{name}` in a pattern stood for.
using parameters = std::map<std::string, std::string, std::less<>>;

struct route {
  std::string_view method;
  std::string_view pattern;  ///< /webhooks/{name}; at its end {path...} takes all that is left
  std::function<void(request&, const parameters&, responder)> handle;
};

/// Hands the request to the first route that fits, else answers 404, or 405 with Allow.
void dispatch(const std::vector<route>&, request&, const responder&);

/// The parameters if the path fits the pattern.
bool fits(std::string_view pattern, std::string_view path, parameters&);

}
