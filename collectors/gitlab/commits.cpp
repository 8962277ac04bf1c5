// merge request and push: facts about commits.
#include "collectors/gitlab/hook.hpp"

namespace releasehealth::gitlab {

result<decoded> merge_request(const hook& h, timestamp now) {
  const auto action = h.text("/object_attributes/action");
  if (action != "merge") return decoded::nothing("merge request: action " + action);
  const auto merged = h.time("/object_attributes/merged_at");
  const auto at = merged ? merged : h.time("/object_attributes/updated_at");
  std::string sha;
  for (const auto* pointer : {"/object_attributes/merge_commit_sha", "/object_attributes/squash_commit_sha",
                              "/object_attributes/last_commit/id"})
    if (sha.empty()) sha = h.text(pointer);
  auto e = h.start("commit", sha, at, now);
  put(e, "commit", sha);
  put(e, "repository", project_of(h));
  put(e, "ref", h.text("/object_attributes/source_branch"));
  put(e, "title", h.text("/object_attributes/title"));
  put(e, "pull_request", h.text("/object_attributes/iid"));
  put(e, "url", h.text("/object_attributes/url"));
  put(e, "merged_at", at);
  put_labels(e, h.in, "/labels", "/title");
  if (h.is_default_branch(h.text("/object_attributes/target_branch"))) e.fields["default_branch"] = true;
  return decoded(std::move(e));
}

// GitLab does not say when it was pushed: the delivery is, as it is sent once and at once.
result<decoded> push(const hook& h, timestamp now) {
  const auto ref = h.text("/ref");
  decoded out;
  for (const auto& c : elements_at(h.in, "/commits")) {
    const auto authored = sender_time_at(c, "/timestamp");
    auto e = h.start("commit", text_at(c, "/id"), authored, now);
    e.id += '/' + std::to_string(out.events.size());
    put(e, "commit", e.subject);
    put(e, "repository", project_of(h));
    put_message(e, text_at(c, "/message"));
    put(e, "url", text_at(c, "/url"));
    put(e, "authored_at", authored);
    h.put_branch(e, ref, now);
    out.events.push_back(std::move(e));
  }
  if (out.events.empty()) out.ignored = "push: without commits";
  return out;
}

}
