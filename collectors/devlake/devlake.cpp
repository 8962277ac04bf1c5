// The bodies of Apache DevLake's incoming webhooks, so that what posts there can post here (sources.md §10).
#include "collectors/credentials.hpp"
#include "collectors/hook.hpp"

namespace releasehealth::devlake {
namespace {

constexpr word results[] = {{"SUCCESS", "succeeded"},
                            {"FAILURE", "failed"},
                            {"FAILED", "failed"},
                            {"ABORT", "canceled"},
                            {"CANCELED", "canceled"}};
constexpr word statuses[] = {{"TODO", "open"}, {"IN_PROGRESS", "acknowledged"}, {"DONE", "resolved"}};

void put_commit(const hook& h, event& e, const json::value& commit, std::string_view name) {
  const auto repository = repository_of(text_at(commit, "/repoUrl"));
  put(e, "service", repository.empty() ? name : repository);
  put(e, "repository", repository);
  read_into(e, commit,
            {{"commit", "/commitSha"}, {"commit", "/commit_sha"}, {"ref", "/refName"}, {"title", "/commitMsg"}});
  read_into(e, h.in,
            {{"environment", "/environment"},
             {"task", "/name"},
             {"url", "/url"},
             {"created_at", "/createdDate"},
             {"started_at", "/startedDate"},
             {"finished_at", "/finishedDate"}});
}

// One event for each repository: a deployment of several services is one of each.
result<decoded> deployment(const hook& h, timestamp now) {
  const auto given = h.text("/result");
  const auto state = given.empty() ? std::string_view("succeeded") : our_word(results, given);
  if (state.empty()) return decoded::nothing("deployment: result " + given);
  auto commits = elements_at(h.in, "/deploymentCommits");
  if (commits.empty()) commits = std::span(&h.in, 1);
  const auto finished = h.time("/finishedDate");
  decoded out;
  for (const auto& c : commits) {
    auto e = h.start("deployment", h.text("/id"), finished, now);
    e.id += '/' + std::to_string(out.events.size());
    put_commit(h, e, c, h.text("/name"));
    put_state(e, state);
    out.events.push_back(std::move(e));
  }
  return out;
}

result<decoded> issue(const hook& h, timestamp now) {
  if (const auto type = h.text("/type"); type != "INCIDENT") return decoded::nothing("issue: type " + type);
  const auto state = our_word(statuses, h.text("/status"));
  const auto resolved = h.time("/resolutionDate"), updated = h.time("/updatedDate");
  auto e = h.start("incident", h.text("/issueKey"),
                   state == "resolved" && resolved ? resolved
                   : updated                       ? updated
                                                   : h.time("/createdDate"),
                   now);
  read_into(e, h.in,
            {{"service", "/component"},
             {"title", "/title"},
             {"url", "/url"},
             {"severity", "/severity"},
             {"severity", "/priority"},
             {"started_at", "/createdDate"},
             {"resolved_at", "/resolutionDate"}});
  put_state(e, state);
  return decoded(std::move(e));
}

event closed(const std::string& key, timestamp now, std::string id) {
  event e;
  e.id = std::move(id);
  e.thing = e.type = "incident";
  e.subject = key;
  e.time = now;
  put_state(e, "resolved");
  return e;
}

// The key of /issue/<key>/close; empty for any other path.
std::string closed_issue(std::string_view path) {
  constexpr std::string_view before = "/issue/", after = "/close";
  if (!path.starts_with(before) || !path.ends_with(after) || path.size() <= before.size() + after.size()) return {};
  return std::string(path.substr(before.size(), path.size() - before.size() - after.size()));
}

// A close has no body: what makes it another one is when it came.
std::string key(const delivery& d) {
  return closed_issue(d.path).empty() ? sha256_hex(std::string(d.path) + '\n' + std::string(d.body))
                                      : std::string(d.path) + '/' + format_time(d.received_at);
}

result<decoded> decode(const source& s, const delivery& d) {
  if (const auto of = closed_issue(d.path); !of.empty())
    return checked(decoded(closed(of, d.received_at, key(d))), d.received_at, "the path", "DevLake");
  const auto in = json_body(d, "DevLake");
  if (!in) return in.error();
  const hook h{s, key(d), *in, {}};
  const bool is_issue = d.path.ends_with("/issues") || (d.path.empty() && !h.text("/issueKey").empty());
  return checked(is_issue ? issue(h, d.received_at) : deployment(h, d.received_at), d.received_at, "the body",
                 "DevLake");
}

}

extern constinit const collector collect = {
    .kind = "devlake",
    .help = "what posts to Apache DevLake's webhooks, with the secret as bearer token: deployments and incidents",
    .authentic = shows_secret,
    .key = key,
    .decode = decode,
    .takes_paths = true,
};

}
