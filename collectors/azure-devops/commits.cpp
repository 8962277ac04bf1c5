// Pushes and completed pull requests: facts about commits, and tags.
#include <algorithm>

#include "collectors/azure-devops/hook.hpp"

namespace releasehealth::azure_devops {

namespace {

// The new id of an annotated tag is the tag's own object, without a mark; an id of zeros is a deletion.
void add_tags(decoded& out, const hook& h, const std::string& repository, timestamp pushed_at) {
  for (const auto& update : elements_at(h.body, "/resource/refUpdates")) {
    const auto name = tag_of_ref(text_at(update, "/name")), object = text_at(update, "/newObjectId");
    if (name.empty() || object.empty()) continue;
    const bool is_deleted = object.find_first_not_of('0') == object.npos;
    out.events.push_back(tag_of(h, {repository, name, {}, pushed_at, is_deleted ? std::string() : object}, pushed_at));
  }
}

// The pushed branch; empty if none.
std::string pushed_branch(const hook& h) {
  for (const auto& update : elements_at(h.body, "/resource/refUpdates"))
    if (auto name = text_at(update, "/name"); tag_of_ref(name).empty()) return name;
  return {};
}

}

result<decoded> push(const hook& h, timestamp now) {
  decoded out;
  const auto repository = h.text("/resource/repository/name");
  const auto pushed_at = h.time("/resource/date").value_or(now);
  add_commits(out, h,
              {.all = elements_at(h.body, "/resource/commits"),
               .id = "/commitId",
               .message = "/comment",
               .authored_at = "/author/date",
               .url = "/url",
               .repository = repository,
               .ref = pushed_branch(h),
               .pushed_at = pushed_at},
              now);
  add_tags(out, h, repository, pushed_at);
  if (out.events.empty()) out.ignored = "push: without commits";
  return out;
}

// Azure DevOps sends `merged` for each merge attempt, also of open pull requests.
result<decoded> pull_request(const hook& h, timestamp now) {
  if (h.text("/resource/status") != "completed") return decoded::nothing("pull request: not completed");
  const auto closed = h.time("/resource/closedDate");
  auto e = h.start(thing_type::commit, h.text("/resource/lastMergeCommit/commitId"), closed, now);
  read_into(e, h.body,
            {{"commit", "/resource/lastMergeCommit/commitId"},
             {"repository", "/resource/repository/name"},
             {"ref", "/resource/sourceRefName"},
             {"title", "/resource/title"},
             {"pull_request", "/resource/pullRequestId"},
             {"url", "/resource/url"},
             {"merged_at", "/resource/closedDate"}});
  put_labels(e, h.body, "/resource/labels", "/name");
  constexpr std::int64_t approved_with_suggestions = 5;
  const auto reviewers = elements_at(h.body, "/resource/reviewers");
  if (std::ranges::any_of(reviewers, [](const json::value& r) {
        return number_at(r, "/vote").value_or(0) >= approved_with_suggestions;
      }))
    e.fields["reviewed"] = true;
  if (h.is_default_branch(h.text("/resource/targetRefName"))) e.fields["default_branch"] = true;
  return merged(std::move(e), h.text("/resource/lastMergeSourceCommit/commitId"));
}

}
