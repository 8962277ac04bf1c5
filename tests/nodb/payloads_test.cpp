// Runs bodies that other projects publish through the collectors of their senders: tests/payloads.tsv has the expected
// results. The bodies are not in this repository: RELEASEHEALTH_PAYLOADS, or ../shared/data/payloads.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <ranges>

#include "collectors/collector.hpp"
#include "tests/check.hpp"
#include "tests/fixture.hpp"

using namespace releasehealth;
using namespace releasehealth::test;
namespace fs = std::filesystem;

namespace {

/// The collector for the bodies of a folder or file, and the header with their type, which is taken from a member of
/// the body, the folder's name or the file's name.
struct collection {
  const char* path;
  const char* kind;              ///< empty: no collector for this sender
  const char* header = "";       ///< empty: none
  const char* type = "";         ///< a pointer into the body; "folder", "file"; anything else stands for itself
  const char* settings[4] = {};  ///< key=value
};
constexpr collection collections[] = {
    {"octokit-webhooks-examples", "github", "X-GitHub-Event", "folder", {"incidents.labels=bug"}},
    {"go-playground-webhooks/github", "github", "X-GitHub-Event", "file"},
    {"dorametrix/github", "github", "X-GitHub-Event", "file", {"incidents.labels=incident"}},
    {"liatrio-otel/receiver/githubactionsreceiver",
     "github",
     "X-GitHub-Event",
     "file",
     {"deployments=workflow_run", "environment=production", "workflows=build"}},
    {"liatrio-otel/receiver/githubreceiver",
     "github",
     "X-GitHub-Event",
     "file",
     {"deployments=workflow_run", "environment=production", "workflows=build"}},
    {"fourkeys/github-parser-02.json", "github", "X-GitHub-Event", "pull_request"},
    {"fourkeys/github-parser-03.json", "github", "X-GitHub-Event", "issues"},
    {"fourkeys/github-parser-04.json", "github", "X-GitHub-Event", "push"},
    {"go-playground-webhooks/gitlab", "gitlab", "X-Gitlab-Event", "/object_kind"},
    {"liatrio-otel/processor/gitlabprocessor", "gitlab", "X-Gitlab-Event", "/object_kind"},
    {"fourkeys/gitlab-parser-05.json", "gitlab", "X-Gitlab-Event", "/object_kind"},
    {"fourkeys/gitlab-parser-06.json", "gitlab", "X-Gitlab-Event", "/object_kind"},
    {"go-playground-webhooks/bitbucket",
     "bitbucket",
     "X-Event-Key",
     "file",
     {"statuses=mybuildtool", "environment=production", "incidents.kinds=bug"}},
    {"dorametrix/bitbucket", "bitbucket", "X-Event-Key", "file", {"incidents.kinds=bug", "default_branch=master"}},
    {"go-playground-webhooks/bitbucket-server", "bitbucket", "X-Event-Key", "/eventKey"},
    {"go-playground-webhooks/azuredevops",
     "azure-devops",
     "",
     "",
     {"deployments=build", "pipelines=ConsumerAddressModule", "environment=production"}},
    {"liatrio-otel/receiver/azuredevopsreceiver", "azure-devops", "", "", {"deployments=stage", "stages=Deploy"}},
    {"dorametrix/jira", "jira", "", "", {"incidents.labels=incident", "incidents.types=Bug"}},
    {"cdevents-spec", "cloudevents"},
    {"fourkeys/circleci-parser-00.json", "circleci", "", "", {"workflows=deploy", "environment=production"}},
    {"alerta/prometheus_v3_alert.json", "alertmanager"},
    {"alerta/prometheus_v4_alert.json", "alertmanager"},
    {"alerta/grafana_6.json", "grafana"},
    {"alerta/grafana_alert_alerting.json", "grafana"},
    {"alerta/grafana_alert_ok.json", "grafana"},
    {"alerta/grafana_example.json", "grafana"},
    {"alerta/pagerduty_alert.json", "pagerduty"},
    {"alerta", ""},
    {"dorametrix/shortcut", ""},
    {"fourkeys", ""},
    {"go-playground-webhooks/docker", ""},
    {"go-playground-webhooks/gitea", ""},
    {"go-playground-webhooks/gogs", ""},
    {"pelorus", ""},
};

// Names in senders' headers for the types in the collections' bodies and file names.
const std::map<std::string, std::string> header_names = {
    {"deployment", "Deployment Hook"},
    {"release", "Release Hook"},
    {"pipeline", "Pipeline Hook"},
    {"push", "Push Hook"},
    {"tag_push", "Tag Push Hook"},
    {"merge_request", "Merge Request Hook"},
    {"issue", "Issue Hook"},
    {"work_item", "Issue Hook"},
    {"feature_flag", "Feature Flag Hook"},
    {"issue-created", "issue:created"},
    {"issue-updated", "issue:updated"},
    {"issue-updated-change-type", "issue:updated"},
    {"issue-updated-resolved", "issue:updated"},
    {"multiple-push", "repo:push"},
    {"repo-push", "repo:push"},
    {"repo-commit-status-created", "repo:commit_status_created"},
    {"repo-commit-status-updated", "repo:commit_status_updated"},
    {"pull-request-merged", "pullrequest:fulfilled"},
    {"opened", "issues"},
    {"closed", "issues"},
    {"deleted", "issues"},
    {"labeled", "issues"},
    {"unlabeled", "issues"},
    {"deployment-status-multiple", "deployment_status"},
};

std::string type_of(const collection& c, const fs::path& file, const std::string& body) {
  const std::string named = c.type;
  auto type = named;
  if (named == "folder") type = file.parent_path().filename().string();
  if (named == "file") type = file.stem().string();
  if (named.starts_with('/'))
    if (const auto in = parse_json(body)) type = text_at(*in, named);
  const bool github = std::string_view(c.kind) == "github";
  const auto known = header_names.find(type);
  if (known != header_names.end() && (!github || known->second.find_first_of(" :") == std::string::npos))
    return known->second;
  if (!github || named != "file") return type;
  // such as 1-workflow_run-completed, deployment-status, workflow-job-completed: the event is the prefix
  std::ranges::replace(type, '-', '_');
  for (const auto* event : {"workflow_run", "workflow_job", "deployment_status", "pull_request_review", "pull_request"})
    if (type.find(event) != type.npos) return event;
  return type;
}

std::string become(const collection& c, const fs::path& file) {
  if (!*c.kind) return "no source reads this sender";
  const auto& kind = *find_collector(c.kind);
  const auto body = read_all(file);
  auto from = source_of(kind);
  for (const std::string setting : c.settings | std::views::filter([](const char* s) { return s != nullptr; })) {
    const auto equals = setting.find('=');
    from.settings[setting.substr(0, equals)] = {setting.substr(equals + 1)};
  }
  headers head;
  head.add("Content-Type", "application/json");
  if (*c.header) head.add(c.header, type_of(c, file, body));
  const auto read = kind.decode(from, {head, body, *parse_time("2026-11-20T12:00:00Z")});
  if (!read) return "refused: " + read.error().text();
  if (read->events.empty()) {
    CHECK(lists_reason(kind, read->ignored));
    return "ignored: " + read->ignored;
  }
  std::string out;
  for (const auto& e : read->events) {
    const auto state = text_at(e.fields, "/state");
    out += (out.empty() ? "" : ", ") + std::string(word(e.type)) + (state.empty() ? "" : ' ' + state);
  }
  return out;
}

}

TEST_SUITE("nodb") {
  TEST_CASE("bodies that other projects publish give the results in payloads.tsv, and none is rejected") {
    const char* given = std::getenv("RELEASEHEALTH_PAYLOADS");
    const fs::path root = given ? given : SOURCE_DIR "/../shared/data/payloads";
    if (!fs::exists(root)) {
      MESSAGE("SKIPPED: no bodies of other projects at " << root.string());
      return;
    }
    std::map<std::string, std::string> lines;  // in name order, independent of the file system
    const auto add = [&](const collection& c, const fs::path& file) {
      const auto name = fs::relative(file, root).string();
      if (lines.contains(name)) return;
      CAPTURE(name);
      const auto becomes = become(c, file);
      CHECK_FALSE(becomes.starts_with("refused: "));
      lines[name] = std::string(*c.kind ? c.kind : "-") + '\t' + becomes;
    };
    for (const auto& c : collections) {
      const auto path = root / c.path;
      if (!fs::is_directory(path)) {
        add(c, path);
        continue;
      }
      for (const auto& entry : fs::recursive_directory_iterator(path))
        if (entry.path().extension() == ".json" &&
            entry.path().parent_path().filename() != "formats")  // formats of ids, not events
          add(c, entry.path());
    }
    CHECK(lines.size() > 400);
    std::string table = "payload\tsource\tbecomes\n";
    for (const auto& [name, becomes] : lines) table.append(name).append("\t").append(becomes).append("\n");
    const fs::path kept = SOURCE_DIR "/tests/payloads.tsv";
    if (std::getenv("RELEASEHEALTH_WRITE_FIXTURES")) std::ofstream(kept, std::ios::binary) << table;
    CHECK(table == read_all(kept));
  }
}
