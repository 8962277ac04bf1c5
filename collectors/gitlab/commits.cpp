// merge request and push: facts about commits.
#include "collectors/gitlab/hook.hpp"

namespace releasehealth::gitlab {

result<decoded> merge_request(const hook& h, timestamp now) {
  const auto action = h.text("/object_attributes/action");
  if (action != "merge") return decoded::nothing("merge request: action " + action);
  const auto merged_at = h.time("/object_attributes/merged_at");
  const auto occurred = merged_at ? merged_at : h.time("/object_attributes/updated_at");
  std::string sha;
  for (const auto* pointer : {"/object_attributes/merge_commit_sha", "/object_attributes/squash_commit_sha",
                              "/object_attributes/last_commit/id"})
    if (sha.empty()) sha = h.text(pointer);
  auto e = h.start(thing_type::commit, sha, occurred, now);
  put(e, "commit", sha);
  put(e, "repository", project_of(h));
  put(e, "ref", h.text("/object_attributes/source_branch"));
  put(e, "title", h.text("/object_attributes/title"));
  put(e, "pull_request", h.text("/object_attributes/iid"));
  put(e, "url", h.text("/object_attributes/url"));
  put(e, "merged_at", occurred);
  put_labels(e, h.body, "/labels", "/title");
  if (h.is_default_branch(h.text("/object_attributes/target_branch"))) e.fields["default_branch"] = true;
  return merged(std::move(e), h.text("/object_attributes/last_commit/id"));
}

// GitLab reports no time of the push: use the time of receipt, as it sends immediately and only once. History has one.
result<decoded> push(const hook& h, timestamp now) {
  decoded out;
  add_commits(out, h,
              {.all = elements_at(h.body, "/commits"),
               .id = "/id",
               .message = "/message",
               .authored_at = "/timestamp",
               .url = "/url",
               .repository = project_of(h),
               .ref = h.text("/ref"),
               .pushed_at = h.time("/pushed_at").value_or(now)},
              now);
  if (out.events.empty()) out.ignored = "push: without commits";
  return out;
}

}
