// Bitbucket Data Center and Server: the facts of Cloud under other names.
#include <algorithm>

#include "collectors/bitbucket/hook.hpp"

namespace releasehealth::bitbucket {

result<decoded> refs_changed(const hook& h, timestamp now) {
  decoded out;
  for (const auto& change : elements_at(h.body, "/changes")) {
    const bool gone = text_at(change, "/type") == "DELETE";
    const auto name = text_at(change, "/ref/displayId");
    if (text_at(change, "/ref/type") == "TAG") {
      // toHash of an annotated tag is the tag's own object, without a mark
      const auto object = gone ? std::string() : text_at(change, "/toHash");
      if (gone || !object.empty())
        out.events.push_back(
            tag_of(h, {repository_at(h.body, "/repository"), name, {}, h.time("/date").value_or(now), object}, now));
      if (auto e = tagged(h, name, {}, gone, now)) out.events.push_back(std::move(*e));
      continue;
    }
    if (gone) continue;
    add_commits(out, h,
                {.all = std::span(&change, 1),  // only the hash of the last commit of a push
                 .id = "/toHash",
                 .message = "/message",
                 .authored_at = "/date",
                 .url = "/url",
                 .repository = repository_at(h.body, "/repository"),
                 .ref = name,
                 .pushed_at = h.time("/date")},
                h.time("/date").value_or(now));
  }
  if (out.events.empty()) out.ignored = "push: without commits";
  return out;
}

result<decoded> merged(const hook& h, timestamp now) {
  const auto closed = h.time("/pullRequest/closedDate");
  auto e = h.start(thing_type::commit, h.text("/pullRequest/properties/mergeCommit/id"), closed, now);
  read_into(e, h.body,
            {{"commit", "/pullRequest/properties/mergeCommit/id"},
             {"ref", "/pullRequest/fromRef/displayId"},
             {"title", "/pullRequest/title"},
             {"pull_request", "/pullRequest/id"},
             {"url", "/pullRequest/links/self/0/href"},
             {"merged_at", "/pullRequest/closedDate"}});
  put(e, "repository", repository_at(h.body, "/pullRequest/toRef/repository"));
  const auto reviewers = elements_at(h.body, "/pullRequest/reviewers");
  if (std::ranges::any_of(reviewers, [](const json::value& r) { return flag_at(r, "/approved"); }))
    e.fields["reviewed"] = true;
  if (h.is_default_branch(h.text("/pullRequest/toRef/displayId"))) e.fields["default_branch"] = true;
  return releasehealth::merged(std::move(e), h.text("/pullRequest/fromRef/latestCommit"));
}

}
