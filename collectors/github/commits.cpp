// pull_request and push: facts about commits.
#include "collectors/github/hook.hpp"

namespace releasehealth::github {

result<decoded> pull_request(const hook& h, timestamp now) {
  const auto action = h.text("/action");
  if (action != "closed") return decoded::nothing("pull_request: action " + action);
  if (!flag_at(h.in, "/pull_request/merged")) return decoded::nothing("pull_request: closed without a merge");
  const auto merged = time_at(h.in, "/pull_request/merged_at");
  auto e = h.start("commit", h.text("/pull_request/merge_commit_sha"), merged, now);
  put(e, "commit", e.subject);
  put(e, "repository", h.text("/repository/full_name"));
  put(e, "ref", h.text("/pull_request/head/ref"));
  put(e, "title", h.text("/pull_request/title"));
  put(e, "pull_request", h.text("/pull_request/number"));
  put(e, "url", h.text("/pull_request/html_url"));
  put(e, "merged_at", merged);
  put_labels(e, h.in, "/pull_request/labels", "/name");
  if (h.is_default_branch(h.text("/pull_request/base/ref"))) e.fields["default_branch"] = true;
  const auto added = number_at(h.in, "/pull_request/additions"), removed = number_at(h.in, "/pull_request/deletions");
  if (added && removed) e.fields["lines_changed"] = *added + *removed;
  return decoded(std::move(e));
}

namespace {

event commit(const hook& h, const json::value& c, std::string_view ref, timestamp now, std::size_t index) {
  auto e = h.start("commit", text_at(c, "/id"), time_at(c, "/timestamp"), now);
  e.id += '/' + std::to_string(index);
  put(e, "commit", e.subject);
  put(e, "repository", h.text("/repository/full_name"));
  put_message(e, text_at(c, "/message"));
  put(e, "url", text_at(c, "/url"));
  put(e, "authored_at", time_at(c, "/timestamp"));
  h.put_branch(e, ref, h.time("/repository/pushed_at"));  // the commit may be older than its way to the branch
  return e;
}

}

result<decoded> push(const hook& h, timestamp now) {
  const auto ref = h.text("/ref");
  if (!ref.starts_with("refs/heads/")) return decoded::nothing("push: of a tag");
  decoded out;
  for (const auto& c : elements_at(h.in, "/commits")) out.events.push_back(commit(h, c, ref, now, out.events.size()));
  if (out.events.empty()) out.ignored = "push: without commits";
  return out;
}

}
