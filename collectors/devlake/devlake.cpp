// The payloads of Apache DevLake's incoming webhooks, so that its senders can post here instead (sources.md §10).
#include "collectors/credentials.hpp"
#include "collectors/hook.hpp"

namespace releasehealth::devlake {
namespace {

constexpr setting_rule settings[] = {
    {"default_branch", false, "", "main", "the branch that hotfixes are merged back to, which DevLake does not report"},
};

constexpr spelling<deployment_state> results[] = {{"SUCCESS", deployment_state::succeeded},
                                                  {"FAILURE", deployment_state::failed},
                                                  {"FAILED", deployment_state::failed},
                                                  {"ABORT", deployment_state::canceled},
                                                  {"CANCELED", deployment_state::canceled}};
constexpr spelling<incident_state> statuses[] = {
    {"TODO", incident_state::open}, {"IN_PROGRESS", incident_state::acknowledged}, {"DONE", incident_state::resolved}};

void put_commit(const hook& h, event& e, const json::value& commit, std::string_view name) {
  auto url = text_at(commit, "/repoUrl");
  if (url.empty()) url = text_at(commit, "/repo_url");
  const auto repository = repository_of(url);
  put(e, "service", repository.empty() ? name : repository);
  put(e, "repository", repository);
  read_into(e, commit,
            {{"commit", "/commitSha"},
             {"commit", "/commit_sha"},
             {"ref", "/refName"},
             {"ref", "/ref_name"},
             {"title", "/commitMsg"},
             {"title", "/commit_msg"}});
  read_into(e, h.body,
            {{"environment", "/environment"},
             {"task", "/name"},
             {"url", "/url"},
             {"created_at", "/createdDate"},
             {"created_at", "/create_time"},
             {"started_at", "/startedDate"},
             {"started_at", "/start_time"},
             {"finished_at", "/finishedDate"},
             {"finished_at", "/end_time"}});
}

// A deployment's id; it was optional before v1.0.0-beta8, and repository and commit identified the deployment.
std::string id_of(const hook& h) {
  for (const auto* pointer : {"/id", "/pipeline_id"})
    if (auto id = h.text(pointer); !id.empty()) return id;
  const auto repository = repository_of(h.text("/repo_url")), commit = h.text("/commit_sha");
  return repository.empty() || commit.empty() ? std::string() : repository + '@' + commit;
}

// One event for each repository: a deployment of several services is one deployment of each. DevLake keeps the last
// post with an id, so posts apply in the order of receipt and each corrects the earlier ones.
result<decoded> deployment(const hook& h, timestamp now) {
  const auto given = h.text("/result");
  const auto state = given.empty() ? std::optional(deployment_state::succeeded) : our_word(results, given);
  if (!state) return decoded::nothing("deployment: result " + given);
  auto commits = elements_at(h.body, "/deploymentCommits");
  if (commits.empty()) commits = elements_at(h.body, "/deployment_commits");
  if (commits.empty()) commits = std::span(&h.body, 1);
  decoded out;
  for (const auto& c : commits) {
    auto e = h.start(thing_type::deployment, id_of(h), now, now);
    e.id += '/' + std::to_string(out.events.size());
    e.fields["corrected"] = true;
    put_commit(h, e, c, h.text("/name"));
    put_state(e, state);
    out.events.push_back(std::move(e));
  }
  return out;
}

result<decoded> pull_request(const hook& h, timestamp now) {
  const auto commit = h.text("/mergeCommitSha");
  if (h.text("/status") != "MERGED" || commit.empty()) return decoded::nothing("pull request: not merged");
  auto e = h.start(thing_type::commit, commit, h.time("/mergedDate"), now);
  read_into(e, h.body,
            {{"commit", "/mergeCommitSha"},
             {"ref", "/headRef"},
             {"ref", "/headRefName"},
             {"title", "/displayTitle"},
             {"title", "/title"},
             {"pull_request", "/pullRequestKey"},
             {"url", "/url"},
             {"merged_at", "/mergedDate"}});
  put(e, "repository", repository_of(h.text("/repoUrl")));
  const auto base = h.text("/baseRef");
  if (h.is_default_branch(base.empty() ? h.text("/baseRefName") : base)) e.fields["default_branch"] = true;
  const auto added = number_at(h.body, "/additions"), removed = number_at(h.body, "/deletions");
  if (added && removed) e.fields["lines_changed"] = *added + *removed;
  return merged(std::move(e), h.text("/headCommitSha"));
}

result<decoded> issue(const hook& h, timestamp now) {
  if (const auto type = h.text("/type"); type != "INCIDENT") return decoded::nothing("issue: type " + type);
  const auto state = our_word(statuses, h.text("/status"));
  const auto resolved = h.time("/resolutionDate"), updated = h.time("/updatedDate");
  auto e = h.start(thing_type::incident, h.text("/issueKey"),
                   state == incident_state::resolved && resolved ? resolved
                   : updated                                     ? updated
                                                                 : h.time("/createdDate"),
                   now);
  read_into(e, h.body,
            {{"service", "/component"},
             {"title", "/title"},
             {"url", "/url"},
             {"severity", "/severity"},
             {"severity", "/priority"},
             {"started_at", "/createdDate"}});
  // a reopened issue may keep the date of its resolution
  if (state == incident_state::resolved || !state) put(e, "resolved_at", resolved);
  put_state(e, state);
  return decoded(std::move(e));
}

event closed(const std::string& key, timestamp now, std::string id) {
  event e;
  e.id = std::move(id);
  e.reports(thing_type::incident);
  e.subject = key;
  e.time = now;
  put_state(e, incident_state::resolved);
  return e;
}

// The key in /issue/<key>/close; empty for any other path.
std::string closed_issue(std::string_view path) {
  constexpr std::string_view prefix = "/issue/", suffix = "/close";
  if (!path.starts_with(prefix) || !path.ends_with(suffix) || path.size() <= prefix.size() + suffix.size()) return {};
  return std::string(path.substr(prefix.size(), path.size() - prefix.size() - suffix.size()));
}

// A close has no body: the time of receipt distinguishes it from others.
std::string key(const delivery& d) {
  return closed_issue(d.path).empty() ? sha256_hex(std::string(d.path) + '\n' + std::string(d.body))
                                      : std::string(d.path) + '/' + format_time(d.received_at);
}

// The readers, by the end of the path as in DevLake's own URLs; reader_of() uses the body if the path does not decide.
constexpr hook_type types[] = {{"/deployments", deployment},
                               {"/issues", issue},
                               {"/pull_requests", pull_request},
                               {"/pullrequests", pull_request}};

auto reader_of(const hook& h, std::string_view path) {
  for (const auto& type : types)
    if (path.ends_with(type.name)) return type.read;
  if (!h.text("/issueKey").empty()) return issue;
  return h.text("/pullRequestKey").empty() ? deployment : pull_request;
}

result<decoded> decode(const source& s, const delivery& d) {
  if (const auto closed_key = closed_issue(d.path); !closed_key.empty())
    return checked(decoded(closed(closed_key, d.received_at, key(d))), d.received_at, "the path", "DevLake");
  const auto body = json_body_of_curl(d);
  if (!body) return body.error();
  const hook h{s, key(d), *body, s.setting("default_branch")};
  return checked(reader_of(h, d.path)(h, d.received_at), d.received_at, "the body", "DevLake");
}

}

extern constinit const collector collect = {
    .kind = "devlake",
    .help = "payloads of Apache DevLake's webhooks, with the secret as bearer token: deployments and incidents",
    .settings = settings,
    .authentic = shows_secret,
    .key = key,
    .decode = decode,
    .takes_paths = true,
};

}
