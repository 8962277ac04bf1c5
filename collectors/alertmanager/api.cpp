// Alertmanager's API: the alerts that now fire, by receiver. It keeps no resolved ones.
#include "collectors/alertmanager/alerts.hpp"
#include "collectors/facts.hpp"

namespace releasehealth::alertmanager {
namespace {

// The text as a regular expression that matches it alone.
std::string escaped(std::string_view text) {
  constexpr std::string_view special = R"(\.+*?()|[]{}^$)";
  std::string out;
  for (const auto c : text) {
    if (special.find(c) != special.npos) out += '\\';
    out += c;
  }
  return out;
}

std::vector<api_request> scopes(const api_place&) { return {{"/api/v2/receivers"}}; }

api_request first_alerts(const api_place& place) { return current_alerts(place, ""); }

const api_list lists[] = {
    {.name = "firing alerts",
     .permission = "access to /api/v2/alerts",
     .format = "alertmanager-alerts",
     .first = first_alerts,
     .read = read_current_alerts},
};

}

// No notification reports silenced and inhibited alerts, nor those that are not yet routed.
api_request current_alerts(const api_place& place, std::string_view prefix) {
  return {std::string(prefix) +
          api_path("/api/v2/alerts?active=true&silenced=false&inhibited=false&unprocessed=false&receiver={receiver}",
                   {{"receiver", escaped(place.scope)}})};
}

result<api_page> read_current_alerts(const api_place&, const api_request&, const api_answer& answer) {
  auto all = objects_at(answer, "");
  if (!all) return all.error();
  return api_page{std::move(*all), {}};
}

result<api_page> read_receivers(const api_place&, const api_request&, const api_answer& answer) {
  const auto all = objects_at(answer, "");
  if (!all) return all.error();
  api_page page;
  for (const auto& one : *all) page.objects.push_back({{"scope", value_at(one, "/name")}});
  return page;
}

// Every alert that arrives counts, so that the receiver of the webhook must be named.
extern constinit const tool_api api{.url = "",
                                    .scope = "receiver",
                                    .example = "release-health",
                                    .needs_include = true,
                                    .lists = lists,
                                    .scopes = scopes,
                                    .read_scopes = read_receivers,
                                    .token_is_optional = true};

}
