// pull_request and push: facts about commits.
#include "collectors/github/hook.hpp"

namespace releasehealth::github {

result<decoded> pull_request(const hook& h, timestamp now) {
  const auto action = h.text("/action");
  if (action != "closed") return decoded::nothing("pull_request: action " + action);
  if (!flag_at(h.body, "/pull_request/merged")) return decoded::nothing("pull_request: closed without a merge");
  const auto merged_at = time_at(h.body, "/pull_request/merged_at");
  auto e = h.start(thing_type::commit, h.text("/pull_request/merge_commit_sha"), merged_at, now);
  put(e, "commit", e.subject);
  put(e, "repository", h.text("/repository/full_name"));
  put(e, "ref", h.text("/pull_request/head/ref"));
  put(e, "title", h.text("/pull_request/title"));
  put(e, "pull_request", h.text("/pull_request/number"));
  put(e, "url", h.text("/pull_request/html_url"));
  put(e, "merged_at", merged_at);
  put_labels(e, h.body, "/pull_request/labels", "/name");
  if (h.is_default_branch(h.text("/pull_request/base/ref"))) e.fields["default_branch"] = true;
  const auto added = number_at(h.body, "/pull_request/additions"),
             removed = number_at(h.body, "/pull_request/deletions");
  if (added && removed) e.fields["lines_changed"] = *added + *removed;
  return merged(std::move(e), h.text("/pull_request/head/sha"));
}

namespace {

pushed_commits commits_in(const hook& h) {
  return {.all = elements_at(h.body, "/commits"),
          .id = "/id",
          .message = "/message",
          .authored_at = "/timestamp",
          .url = "/url",
          .repository = h.text("/repository/full_name"),
          .ref = {},
          .pushed_at = {}};
}

// `after` is the object of an annotated tag; head_commit is the commit that either kind points to.
result<decoded> pushed(const hook& h, std::string name, timestamp now) {
  const auto commit = h.text("/head_commit/id");
  if (commit.empty() && !flag_at(h.body, "/deleted")) return decoded::nothing("push: of a tag, without its commit");
  const auto facts = commits_in(h);
  auto tag = tag_of(h, {facts.repository, std::move(name), commit, h.time("/repository/pushed_at")}, now);
  if (commit.empty()) return decoded(std::move(tag));
  decoded out(commit_of(h, value_at(h.body, "/head_commit"), facts, now));
  out.events.push_back(std::move(tag));
  return out;
}

}

result<decoded> push(const hook& h, timestamp now) {
  const auto ref = h.text("/ref");
  if (auto tag = tag_of_ref(ref); !tag.empty()) return pushed(h, std::move(tag), now);
  if (!ref.starts_with("refs/heads/")) return decoded::nothing("push: of " + ref);
  auto facts = commits_in(h);
  facts.ref = ref;
  facts.pushed_at = h.time("/repository/pushed_at");  // a commit may be older than its arrival on the branch
  decoded out;
  add_commits(out, h, facts, now);
  if (out.events.empty()) out.ignored = "push: without commits";
  return out;
}

}
