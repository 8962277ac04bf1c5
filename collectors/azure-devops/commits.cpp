// Pushes and completed pull requests: facts about commits.
#include <algorithm>

#include "collectors/azure-devops/hook.hpp"

namespace releasehealth::azure_devops {

result<decoded> push(const hook& h, timestamp now) {
  decoded out;
  add_commits(out, h,
              {.all = elements_at(h.in, "/resource/commits"),
               .id = "/commitId",
               .message = "/comment",
               .authored_at = "/author/date",
               .url = "/url",
               .repository = h.text("/resource/repository/name"),
               .ref = h.text("/resource/refUpdates/0/name"),
               .pushed_at = h.time("/resource/date").value_or(now)},
              now);
  if (out.events.empty()) out.ignored = "push: without commits";
  return out;
}

// `merged` is sent for every attempt to merge, also of one that is still open.
result<decoded> pull_request(const hook& h, timestamp now) {
  if (h.text("/resource/status") != "completed") return decoded::nothing("pull request: not completed");
  const auto closed = h.time("/resource/closedDate");
  auto e = h.start(thing_type::commit, h.text("/resource/lastMergeCommit/commitId"), closed, now);
  read_into(e, h.in,
            {{"commit", "/resource/lastMergeCommit/commitId"},
             {"repository", "/resource/repository/name"},
             {"ref", "/resource/sourceRefName"},
             {"title", "/resource/title"},
             {"pull_request", "/resource/pullRequestId"},
             {"url", "/resource/url"},
             {"merged_at", "/resource/closedDate"}});
  put_labels(e, h.in, "/resource/labels", "/name");
  constexpr std::int64_t approved_with_suggestions = 5;
  const auto reviewers = elements_at(h.in, "/resource/reviewers");
  if (std::ranges::any_of(reviewers, [](const json::value& r) {
        return number_at(r, "/vote").value_or(0) >= approved_with_suggestions;
      }))
    e.fields["reviewed"] = true;
  if (h.is_default_branch(h.text("/resource/targetRefName"))) e.fields["default_branch"] = true;
  return merged(std::move(e), h.text("/resource/lastMergeSourceCommit/commitId"));
}

}
