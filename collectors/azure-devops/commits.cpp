// Pushes and completed pull requests: facts about commits.
#include <algorithm>

#include "collectors/azure-devops/hook.hpp"

namespace releasehealth::azure_devops {

result<decoded> push(const hook& h, timestamp now) {
  const auto ref = h.text("/resource/refUpdates/0/name");
  decoded out;
  for (const auto& c : elements_at(h.in, "/resource/commits")) {
    const auto authored = sender_time_at(c, "/author/date");
    auto e = h.start("commit", text_at(c, "/commitId"), authored, now);
    e.id += '/' + std::to_string(out.events.size());
    put(e, "commit", e.subject);
    put(e, "repository", h.text("/resource/repository/name"));
    put_message(e, text_at(c, "/comment"));
    put(e, "url", text_at(c, "/url"));
    put(e, "authored_at", authored);
    h.put_branch(e, ref, h.time("/resource/date").value_or(now));
    out.events.push_back(std::move(e));
  }
  if (out.events.empty()) out.ignored = "push: without commits";
  return out;
}

// `merged` is sent for every attempt to merge, also of one that is still open.
result<decoded> pull_request(const hook& h, timestamp now) {
  if (h.text("/resource/status") != "completed") return decoded::nothing("pull request: not completed");
  const auto merged = h.time("/resource/closedDate");
  auto e = h.start("commit", h.text("/resource/lastMergeCommit/commitId"), merged, now);
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
  return decoded(std::move(e));
}

}
