#include "daemon/figures/coverage.hpp"

#include <algorithm>

namespace releasehealth {

std::span<const evidence_rule> evidence_rules() {
  static const evidence_rule all[] = {
      {.name = "commit",
       .known = {"commit_known"},
       .all = {"commit_of"},
       .judged_by = {"commit_known", "kind_told"},
       .judges = {"commit_of"},
       .counted = "deployments",
       .gap = "no deployment has a known commit or a reported kind",
       .needed_by = "lead time, kind by label or title, size",
       .cure = "send pushes and merged pull requests of its repository (webhook or `releasehealthd import git`), and "
               "set `repository` in its [[service]]"},
      {.name = "incident",
       .known = {"incident_known"},
       .all = {"incident_known"},
       .judged_by = {"incident_known"},
       .counted = "services",
       .gap = "no incident source knows the service",
       .needed_by = "fail rates, time to issue, recovery, firefighting",
       .cure = "connect your paging tool, and add its name for the service to `aliases` in its [[service]]"},
      {.name = "merge",
       .known = {"merge_known"},
       .all = {"commit_of"},
       .judged_by = {"merges_tracked"},
       .tracked = "merges_tracked",
       .counted = "deployments",
       .gap = "not tracked: no push or merge of its repository was reported",
       .needed_by = "hotfixes not merged back",
       .cure = "enable pushes and pull requests in its repository's webhook, and set `repository` in its [[service]]"},
      {.name = "review",
       .known = {"hotfix_reviews_tracked", "incident_reviews_tracked"},
       .all = {"hotfix_reviews_of", "incident_reviews_of"},
       .judged_by = {"reviews_tracked"},
       .tracked = "reviews_tracked",
       .counted = "hotfixes and severe incidents",
       .gap = "not tracked: no review of its team was reported",
       .needed_by = "overdue reviews",
       .cure = "report one review (`releasehealthd amend ... review_held_at=...`), or set `reviews = \"required\"` in "
               "[figures]"},
      {.name = "cause",
       .known = {"cause_known"},
       .all = {"recent_hotfixes"},
       .judged_by = {},
       .counted = "hotfixes",
       .gap = "no hotfix has a known root cause",
       .needed_by = "root causes",
       .cure = "report `cause` with the hotfix or its incident (`releasehealthd amend ... cause=...`)"},
      {.name = "people",
       .known = {"people_known"},
       .all = {"recent_incidents"},
       .judged_by = {},
       .counted = "incidents",
       .gap = "no incident has responders or reported work",
       .needed_by = "firefighting by people",
       .cure = "connect your paging tool with its acknowledgements, or report work (`releasehealthd send work ...`)"},
  };
  return all;
}

const evidence_rule* find_evidence(std::string_view name) {
  const auto all = evidence_rules();
  const auto found = std::ranges::find(all, name, &evidence_rule::name);
  return found == all.end() ? nullptr : &*found;
}

std::vector<slice> slices_by_evidence() {
  std::vector<slice> all;
  for (const auto& e : evidence_rules()) all.push_back({std::string(e.name), e.known, e.all});
  return all;
}

std::string_view tracked_by(const figure& f) {
  for (const auto name : f.rests_on)
    if (const auto* e = find_evidence(name); e && !e->tracked.empty()) return e->tracked;
  return {};
}

}
