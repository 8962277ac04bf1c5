// POST /-/reload
#include "daemon/api/endpoints.hpp"

namespace releasehealth::api {
namespace {

// From this machine, and not through a proxy on it.
bool is_from_here(const call& c) {
  const auto& r = c.request;
  const bool is_forwarded = !r.header.get("X-Forwarded-For").empty() || !r.header.get("Forwarded").empty();
  return (http::is_loopback(c.current->address) || http::is_loopback(r.peer)) && !is_forwarded;
}

http::response outcome_of(const reloaded& done) {
  const std::string kept = "configuration unchanged:\n";
  if (!done.wrong.empty()) return {500, "text/plain", kept + done.wrong + '\n', {}};
  if (!done.losing.empty())
    return {409, "text/plain", kept + done.losing + "; POST /-/reload?force=true applies it anyway\n", {}};
  std::string text = "reloaded\n";
  for (const auto& key : done.at_start) text += key + " takes effect at the next start\n";
  return {200, "text/plain", text, {}};
}

}

std::vector<endpoint> reload(const surroundings& around) {
  const auto read_again = [reload = around.reload](const call& c) -> result<plan> {
    if (!is_from_here(c))
      if (const auto who = authorize(c.current->tokens, c.request.header, "admin"); !who) return who.error();
    return outcome_of(reload(c.query("force") == "true"));
  };
  http::about_route documentation{
      .tag = "health",
      .summary =
          "Reload the configuration; 500 with its mistakes, 409 if all sources, tokens or tables would be removed.",
      .gives = "text/plain"};
  documentation.query.emplace().push_back({.name = "force", .help = "true: apply it anyway", .choices = "true false"});
  return {{"POST", "/-/reload", std::move(documentation), read_again}};
}

}
