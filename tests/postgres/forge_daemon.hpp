#pragma once
// A daemon with sources for forges, trackers and pipelines, and queries of its lists.
#include "tests/postgres/running_app.hpp"

namespace releasehealth::test {

inline constexpr const char* forge_sources = R"(
[[source]]
name = "releases"
kind = "github"
unauthenticated = true
deployments = "release"
environment = "production"
[[source]]
name = "open"
kind = "github"
unauthenticated = true
[[source]]
name = "gitlab"
kind = "gitlab"
unauthenticated = true
[[source]]
name = "upcoming"
kind = "gitlab"
unauthenticated = true
deployments = "release"
environment = "production"
[[source]]
name = "bitbucket"
kind = "bitbucket"
unauthenticated = true
statuses = ["ship"]
environment = "production"
[[source]]
name = "azure"
kind = "azure-devops"
unauthenticated = true
[[source]]
name = "devlake"
kind = "devlake"
unauthenticated = true
[[source]]
name = "jenkins"
kind = "jenkins"
unauthenticated = true
jobs = ["deploy"]
environment = "production"
[[source]]
name = "jira"
kind = "jira"
unauthenticated = true
deployments = "version_released"
environment = "production"
[[source]]
name = "flux"
kind = "flux"
unauthenticated = true
environment = "production"
)";

using header_list = std::vector<std::pair<std::string, std::string>>;

/// A daemon with those sources, and the queries of the cases.
struct forge_daemon {
  database db;
  running_app app{db.where(), forge_sources};

  void tell(const std::string& source, header_list header, const std::string& body,
            const std::string& type = "application/json") {
    header.emplace_back("Content-Type", type);
    const auto answer = app.intake("POST", "/webhooks/" + source, body, header);
    CHECK_MESSAGE(answer.status == 202, source, ": ", answer.body);
  }
  void github(const std::string& source, const std::string& event, const std::string& id, const std::string& body) {
    tell(source, {{"X-GitHub-Event", event}, {"X-GitHub-Delivery", id}}, body);
  }
  void gitlab(const std::string& source, const std::string& event, const std::string& id, const std::string& body) {
    tell(source, {{"X-Gitlab-Event", event}, {"Idempotency-Key", id}}, body);
  }
  /// Columns of all deployments of a service, latest first: `succeeded 1.8.3; ...`.
  std::string deployments(const std::string& service, std::initializer_list<const char*> columns,
                          const std::string& list = "deployments") {
    app.derived(db);
    const auto answer = app.operations("GET", "/api/v1/" + list + "?limit=1000");
    const auto page = parse_json(answer.body);
    REQUIRE(page);
    std::string out;
    for (const auto& item : page->at("items").as_array()) {
      if (text_at(item, "/service") != service) continue;
      out += out.empty() ? "" : "; ";
      for (const auto* name : columns) {
        const auto& value = item.at(name);
        out += name == *columns.begin() ? "" : " ";
        out += value.is_bool() ? json::serialize(value) : text_at(value, "");
      }
    }
    return out;
  }
  std::string merged_back(const std::string& service) { return deployments(service, {"merged_back_at"}, "hotfixes"); }
};

}
