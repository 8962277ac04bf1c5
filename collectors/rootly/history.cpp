// History from Rootly's API, converted into the webhooks that would have reported it.
#include "collectors/facts.hpp"
#include "collectors/rootly/rootly.hpp"

namespace releasehealth::rootly {
namespace {

/// The first of these texts that is not empty.
std::string text_at_any(const json::value& object, std::initializer_list<std::string_view> pointers) {
  for (const auto pointer : pointers)
    if (auto text = text_at(object, pointer); !text.empty()) return text;
  return {};
}

// The name of each element of an attribute, each a resource of its own.
json::array named(const json::value& incident, std::string_view pointer) {
  json::array all;
  for (const auto& one : elements_at(incident, pointer))
    if (auto name = text_at_any(one, {"/data/attributes/name", "/attributes/name", "/name"}); !name.empty())
      all.push_back(json::object{{"name", std::move(name)}});
  return all;
}

// The resources that the API includes: the assignments of roles, and causes.
void add_included(json::object& facts, const json::value& incident) {
  json::array roles, causes;
  for (const auto& one : elements_at(incident, "/included")) {
    const auto type = text_at(one, "/type");
    const auto person = text_at_any(one, {"/attributes/user/data/attributes/full_name", "/attributes/user/full_name"});
    if (type.starts_with("incident_role") && !person.empty())
      roles.push_back(json::object{{"user", json::object{{"full_name", person}}}});
    if (type == "causes") causes.push_back(json::object{{"slug", value_at(one, "/attributes/slug")}});
  }
  facts["roles"] = std::move(roles);
  facts["causes"] = std::move(causes);
}

// As `updated`, whose state is that of the incident's status. It also reports that a canceled incident counts again.
result<std::vector<past_delivery>> incident_of(const json::value& incident) {
  auto facts = members_of(value_at(incident, "/attributes"), {"title",
                                                              "kind",
                                                              "status",
                                                              "url",
                                                              "summary",
                                                              "started_at",
                                                              "detected_at",
                                                              "acknowledged_at",
                                                              "mitigated_at",
                                                              "resolved_at",
                                                              "jira_issue_url",
                                                              "jira_issue_key",
                                                              "github_issue_url",
                                                              "gitlab_issue_url",
                                                              "pagerduty_incident_url",
                                                              "pagerduty_incident_id",
                                                              "opsgenie_incident_url",
                                                              "opsgenie_alert_url",
                                                              "opsgenie_alert_id",
                                                              "service_now_incident_url"});
  facts["id"] = value_at(incident, "/id");
  facts["severity"] = json::object{{"slug", value_at(incident, "/attributes/severity/data/attributes/slug")},
                                   {"name", value_at(incident, "/attributes/severity/data/attributes/name")}};
  facts["services"] = named(incident, "/attributes/services");
  facts["environments"] = named(incident, "/attributes/environments");
  add_included(facts, incident);
  const json::object header{
      {"id", "export"}, {"type", "incident.updated"}, {"issued_at", value_at(incident, "/attributes/updated_at")}};
  return std::vector<past_delivery>{{{{"event", header}, {"data", std::move(facts)}}}};
}

}

const api_shape history[] = {
    {.format = "rootly-incidents",
     .help = "GET /v1/incidents, each with the resources that belong to it as `included`",
     .members = "data",
     .tell = incident_of},
};

}
