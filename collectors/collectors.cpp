#include <algorithm>

#include "collectors/base/text.hpp"
#include "collectors/collector.hpp"

// The list of sources; the row of each is in its own folder. Macros avoid a second list, of the declarations.
// NOLINTBEGIN(cppcoreguidelines-macro-usage)
// clang-format off
#define RELEASEHEALTH_SOURCES(row) \
  row(github) row(gitlab) row(alertmanager) row(pagerduty) row(cloudevents) row(standard_webhooks) \
  row(argocd) row(jenkins) row(grafana) row(jira) row(azure_devops) row(sentry) row(flux) row(bitbucket) \
  row(circleci) row(incidentio) row(rootly) row(firehydrant) row(opsgenie) row(datadog) row(launchdarkly) \
  row(octopus) row(harness) row(spinnaker) row(servicenow) row(kubernetes) row(devlake)
// clang-format on

namespace releasehealth {

#define RELEASEHEALTH_DECLARE(name) \
  namespace name {                  \
  extern const collector collect;   \
  }
RELEASEHEALTH_SOURCES(RELEASEHEALTH_DECLARE)

namespace {

#define RELEASEHEALTH_POINT(name) &name::collect,
constexpr const collector* all_kinds[] = {RELEASEHEALTH_SOURCES(RELEASEHEALTH_POINT)};
// NOLINTEND(cppcoreguidelines-macro-usage)

}

std::span<const collector* const> collectors() { return all_kinds; }

const collector* find_collector(std::string_view kind) {
  const auto found = std::ranges::find(all_kinds, kind, [](const collector* c) { return c->kind; });
  return found == std::end(all_kinds) ? nullptr : *found;
}

std::string source::setting(std::string_view key) const {
  const auto values = list(key);
  return values.empty() ? std::string() : values.front();
}

std::span<const std::string> source::list(std::string_view key) const {
  const auto found = settings.find(key);
  return found == settings.end() ? std::span<const std::string>() : found->second;
}

}
