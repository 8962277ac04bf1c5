// Issues with a label of incidents.labels: incidents.
#include <algorithm>

#include "collectors/github/hook.hpp"

namespace releasehealth::github {

result<decoded> issues(const hook& h, timestamp now) {
  const auto wanted = h.settings.list("incidents.labels");
  if (wanted.empty()) return decoded::nothing("issues: this source has no incidents.labels");
  const auto action = h.text("/action");
  event labels;
  put_labels(labels, h.in, "/issue/labels", "/name");
  const auto is_wanted = [&](std::string_view label) { return std::ranges::find(wanted, label) != wanted.end(); };
  bool has = false;
  for (const auto& l : labels.fields["labels"].get_array()) has |= is_wanted(std::string_view(l.get_string()));
  const bool gone = action == "deleted" || action == "transferred" ||
                    (action == "unlabeled" && !has && is_wanted(h.text("/label/name")));
  if (!gone && !has) return decoded::nothing("issues: without a label of incidents.labels");
  const bool opens =
      action == "opened" || action == "reopened" || (action == "labeled" && is_wanted(h.text("/label/name")));
  if (!gone && !opens && action != "closed") return decoded::nothing("issues: action " + action);

  const auto time = action == "opened"   ? time_at(h.in, "/issue/created_at")
                    : action == "closed" ? time_at(h.in, "/issue/closed_at")
                                         : time_at(h.in, "/issue/updated_at");
  auto e = h.start("incident", h.text("/repository/full_name") + '#' + h.text("/issue/number"), time, now);
  if (gone) {
    retract(e);
    return decoded(std::move(e));
  }
  put(e, "service", h.text("/repository/full_name"));
  put(e, "repository", h.text("/repository/full_name"));
  put(e, "title", h.text("/issue/title"));
  put(e, "url", h.text("/issue/html_url"));
  put(e, "started_at", time_at(h.in, "/issue/created_at"));
  e.fields["state"] = opens && h.text("/issue/state") != "closed" ? "open" : "resolved";
  return action == "labeled" ? with_return(std::move(e)) : decoded(std::move(e));
}

}
