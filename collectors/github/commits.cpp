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
  put_labels(e, h.in, "/pull_request/labels");
  if (h.text("/pull_request/base/ref") == h.text("/repository/default_branch")) e.fields["default_branch"] = true;
  const auto added = number_at(h.in, "/pull_request/additions"), removed = number_at(h.in, "/pull_request/deletions");
  if (added && removed) e.fields["lines_changed"] = *added + *removed;
  return decoded(std::move(e));
}

namespace {

// The sha that stands behind `words` in a commit message.
std::string sha_after(std::string_view message, std::string_view words) {
  const auto at = message.find(words);
  if (at == message.npos) return {};
  const auto rest = message.substr(at + words.size());
  const auto sha = rest.substr(0, rest.find_first_not_of("0123456789abcdef"));
  return sha.size() >= 7 && sha.size() <= 40 ? std::string(sha) : std::string();
}

event commit(const hook& h, const json::value& c, bool on_default, timestamp now, std::size_t index) {
  auto e = h.start("commit", text_at(c, "/id"), time_at(c, "/timestamp"), now);
  e.id += '/' + std::to_string(index);
  const auto message = text_at(c, "/message");
  put(e, "commit", e.subject);
  put(e, "repository", h.text("/repository/full_name"));
  put(e, "title", first_line(message));
  put(e, "url", text_at(c, "/url"));
  put(e, "authored_at", time_at(c, "/timestamp"));
  put(e, "picked_from", sha_after(message, "(cherry picked from commit "));
  // squash merges quote old words in their bodies: only a subject that says so makes it a revert
  if (message.starts_with("Revert \"") && !message.starts_with("Revert \"Revert"))
    put(e, "reverts", sha_after(message, "This reverts commit "));
  // said only when true: a later push of the same commit to another branch must not take it back
  if (on_default) {
    e.fields["default_branch"] = true;
    // the commit may be older than its way to the default branch
    if (const auto pushed = number_at(h.in, "/repository/pushed_at"))
      put(e, "merged_at", std::optional(timestamp(std::chrono::seconds(*pushed))));
  } else {
    put(e, "ref", h.text("/ref"));
  }
  return e;
}

}

result<decoded> push(const hook& h, timestamp now) {
  const auto ref = h.text("/ref");
  if (!ref.starts_with("refs/heads/")) return decoded::nothing("push: of a tag");
  json::error_code ec;
  const auto* commits = h.in.find_pointer("/commits", ec);
  decoded out;
  if (commits && commits->is_array())
    for (const auto& c : commits->get_array())
      out.events.push_back(
          commit(h, c, ref == "refs/heads/" + h.text("/repository/default_branch"), now, out.events.size()));
  if (out.events.empty()) out.ignored = "push: without commits";
  return out;
}

}
