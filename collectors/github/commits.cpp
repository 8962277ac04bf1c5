// pull_request and push: facts about commits.
#include "collectors/github/hook.hpp"

namespace releasehealth::github {

result<decoded> pull_request(const hook& h, timestamp now) {
  const auto action = h.text("/action");
  if (action != "closed") return decoded::nothing("pull_request: action " + action);
  if (!flag_at(h.in, "/pull_request/merged")) return decoded::nothing("pull_request: closed without a merge");
  const auto merged_at = time_at(h.in, "/pull_request/merged_at");
  auto e = h.start(thing_type::commit, h.text("/pull_request/merge_commit_sha"), merged_at, now);
  put(e, "commit", e.subject);
  put(e, "repository", h.text("/repository/full_name"));
  put(e, "ref", h.text("/pull_request/head/ref"));
  put(e, "title", h.text("/pull_request/title"));
  put(e, "pull_request", h.text("/pull_request/number"));
  put(e, "url", h.text("/pull_request/html_url"));
  put(e, "merged_at", merged_at);
  put_labels(e, h.in, "/pull_request/labels", "/name");
  if (h.is_default_branch(h.text("/pull_request/base/ref"))) e.fields["default_branch"] = true;
  const auto added = number_at(h.in, "/pull_request/additions"), removed = number_at(h.in, "/pull_request/deletions");
  if (added && removed) e.fields["lines_changed"] = *added + *removed;
  return merged(std::move(e), h.text("/pull_request/head/sha"));
}

result<decoded> push(const hook& h, timestamp now) {
  const auto ref = h.text("/ref");
  if (!ref.starts_with("refs/heads/")) return decoded::nothing("push: of a tag");
  decoded out;
  add_commits(out, h,
              {.all = elements_at(h.in, "/commits"),
               .id = "/id",
               .message = "/message",
               .authored_at = "/timestamp",
               .url = "/url",
               .repository = h.text("/repository/full_name"),
               .ref = ref,
               .pushed_at = h.time("/repository/pushed_at")},  // a commit may be older than its way to the branch
              now);
  if (out.events.empty()) out.ignored = "push: without commits";
  return out;
}

}
