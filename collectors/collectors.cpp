#include <algorithm>

#include "collectors/collector.hpp"
#include "collectors/text.hpp"

// Each source's row stands in its own folder; this is the list of them. Without macros it would be two: what is
// declared, and what is pointed to. NOLINTBEGIN(cppcoreguidelines-macro-usage)
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

void headers::add(std::string_view name, std::string_view value) {
  constexpr std::size_t usual_bytes = 1024, usual_headers = 24;
  if (list_.empty()) {
    text_.reserve(usual_bytes);
    list_.reserve(usual_headers);
  }
  list_.push_back({text_.size(), name.size(), value.size()});
  text_.append(name).append(value);
}

std::string_view headers::get(std::string_view name) const {
  const auto found = std::ranges::find_if(list_, [&](const auto& h) { return equal_ignoring_case(name_of(h), name); });
  return found == list_.end() ? std::string_view() : value_of(*found);
}

std::vector<std::pair<std::string_view, std::string_view>> headers::all() const {
  std::vector<std::pair<std::string_view, std::string_view>> out;
  out.reserve(list_.size());
  for (const auto& h : list_) out.emplace_back(name_of(h), value_of(h));
  return out;
}

std::string media_type(std::string_view content_type) {
  auto type = take_part(content_type, ';');
  while (type.ends_with(' ')) type.remove_suffix(1);
  return lower_case(type);
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
