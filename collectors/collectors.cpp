#include <algorithm>

#include "collectors/alertmanager/alertmanager.hpp"
#include "collectors/cloudevents/cloudevents.hpp"
#include "collectors/collector.hpp"
#include "collectors/github/github.hpp"
#include "collectors/gitlab/gitlab.hpp"
#include "collectors/pagerduty/pagerduty.hpp"

namespace releasehealth {
namespace {

const collector* const table[] = {
    &github::collect, &gitlab::collect, &alertmanager::collect, &pagerduty::collect, &cloudevents::collect,
};

bool same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

}

std::span<const collector* const> collectors() { return table; }

const collector* find_collector(std::string_view kind) {
  const auto found = std::ranges::find(table, kind, [](const collector* c) { return c->kind; });
  return found == std::end(table) ? nullptr : *found;
}

void headers::add(std::string name, std::string value) { list_.emplace_back(std::move(name), std::move(value)); }

std::string_view headers::get(std::string_view name) const {
  const auto found = std::ranges::find_if(list_, [&](const auto& h) { return same_name(h.first, name); });
  return found == list_.end() ? std::string_view() : std::string_view(found->second);
}

std::string_view bearer_token(const headers& all) {
  constexpr std::string_view scheme = "Bearer ";
  const auto given = all.get("Authorization");
  return given.starts_with(scheme) ? given.substr(scheme.size()) : std::string_view();
}

standard_webhook read_standard_webhook(const headers& all) {
  const auto either = [&](std::string_view own, std::string_view svix) {
    const auto value = all.get(own);
    return value.empty() ? all.get(svix) : value;
  };
  return {either("webhook-id", "svix-id"), either("webhook-timestamp", "svix-timestamp"),
          either("webhook-signature", "svix-signature")};
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
