#include "daemon/http/routes.hpp"

namespace releasehealth::http {

bool fits(std::string_view pattern, std::string_view path, parameters& found) {
  for (;;) {
    const auto p = pattern.find('/'), q = path.find('/');
    if (p == pattern.npos && pattern.starts_with('{') && pattern.ends_with("...}")) {
      found.emplace(pattern.substr(1, pattern.size() - 5), path);
      return !path.empty();
    }
    const auto wanted = pattern.substr(0, p), given = path.substr(0, q);
    if (wanted.starts_with('{') && !given.empty())
      found.emplace(wanted.substr(1, wanted.size() - 2), given);
    else if (wanted != given)
      return false;
    if (p == pattern.npos || q == path.npos) return p == pattern.npos && q == path.npos;
    pattern.remove_prefix(p + 1);
    path.remove_prefix(q + 1);
  }
}

void dispatch(const std::vector<route>& routes, request& r, const responder& answer) {
  std::string allowed;
  for (const auto& known : routes) {
    parameters found;
    if (!fits(known.pattern, r.path, found)) continue;
    if (known.method == r.method) return known.handle(r, found, answer);
    allowed += (allowed.empty() ? "" : ", ") + std::string(known.method);
  }
  if (allowed.empty()) return answer(problem(404, "Not Found", "there is nothing at " + r.path));
  auto refused = problem(405, "Method Not Allowed", r.path + " takes " + allowed);
  refused.header.emplace_back("Allow", allowed);
  answer(std::move(refused));
}

}
