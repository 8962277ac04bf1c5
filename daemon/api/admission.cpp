#include "daemon/api/admission.hpp"

#include <algorithm>

#include "collectors/credentials.hpp"

namespace releasehealth::api {

admission::admission(boost::asio::io_context& io, const settings& current)
    : current_(&current), users_(io, current.people) {}

bool admission::knows_host(std::string_view authority) const {
  const auto host = http::host_of(authority);
  return http::is_loopback(host) || host == current_->address ||
         std::ranges::any_of(current_->hosts, [&](std::string_view known) { return http::host_of(known) == host; });
}

std::string admission::foreign_name(const http::request& r) const {
  if (!http::is_loopback(current_->address)) return {};
  if (const auto host = r.header.get("Host"); !host.empty() && !knows_host(host)) return "Host: " + std::string(host);
  const auto origin = r.header.get("Origin");
  const auto scheme = origin.find("://");
  if (!origin.empty() && (scheme == origin.npos || !knows_host(origin.substr(scheme + 3))))
    return "Origin: " + std::string(origin);
  return {};
}

void admission::identify(const http::request& r, std::function<void(std::optional<error>)> then) {
  const bool may_show_token = r.path.starts_with("/api/") || r.path == "/-/reload";
  const bool shows_token = may_show_token && !bearer_token(r.header).empty();
  if (!users_.are_asked() || shows_token) return then({});
  users_.admit(r.header, [then = std::move(then)](bool is_user) {
    then(is_user ? std::nullopt
                 : std::optional(error(errc::unauthorized, "authentication required; expected a user and password")));
  });
}

result<const token*> admission::authorize(const http::request& r, std::string_view scope) const {
  if (scope.empty()) return nullptr;
  // with users configured, a request without a token comes from an authenticated user
  const bool is_trusted = users_.are_asked() ? bearer_token(r.header).empty() : http::is_loopback(current_->address);
  if (scope == "read" && is_trusted) return nullptr;
  return releasehealth::authorize(current_->tokens, r.header, scope);
}

void admission::use(const settings& current) {
  current_ = &current;
  users_.use(current.people);
}

}
