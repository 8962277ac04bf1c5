#include <set>

#include "collectors/artifact.hpp"
#include "collectors/words.hpp"
#include "daemon/explain/explanation.hpp"
#include "daemon/timeline/content.hpp"

namespace releasehealth {
namespace {

const json::array& list(const json::object& row, std::string_view column) { return row.at(column).as_array(); }

// ", set by NAME: REASON" if `failed` was amended, else empty.
std::string set_by_hand(const json::object& d) {
  const auto* failed = d.at("overrides").as_object().if_contains("failed");
  if (!failed || !failed->is_bool()) return {};
  return ", set by " + text(d, "overrides/by") + ": " + text(d, "overrides/reason");
}

// Where the first commit of a change comes from, or why none is known.
std::string evidence_of_lead(const json::object& d) {
  const bool is_known = !text(d, "first_commit_at").empty();
  const auto count = number_at(d, "/facts/new_commits");
  if (is_known && d.at("facts").as_object().contains("first_commit_at")) return "as reported";
  if (!d.at("commit_facts").as_object().contains("parents"))
    return is_known ? "when its commit was written; no report names the commits between it and the change below"
                    : "no report says when its commits were made";
  if (is_known) return "the first of " + std::to_string(count.value_or(0)) + " commits that the change below lacks";
  const auto awaited = text(d, "awaited_commit");
  if (!awaited.empty()) return "no report names the parents of commit " + awaited;
  if (text(d, "below").empty()) return "there is no change below, with which to compare its commits";
  return count ? "it has no commit that the change below lacks"
               : "the commit of the change below is not known, or the changes are more than " +
                     std::to_string(most_commits) + " commits apart";
}

void add_lead(const json::object& d, explanation& out) {
  if (!flag_at(d, "/is_change")) return;
  const auto first = text(d, "first_commit_at");
  out.add("first commit", (first.empty() ? "not known: " : first + ": ") + evidence_of_lead(d));
}

void add_failure(ledger::reader& database, const json::object& d, explanation& out) {
  if (!flag_at(d, "/is_change")) return;
  const auto by_hand = set_by_hand(d);
  if (!flag_at(d, "/failed")) return out.add("failed", "no" + by_hand);
  const auto issue = text(d, "issue_at"), recovered = text(d, "recovered_at");
  out.add("failed", issue.empty() ? "yes" + by_hand
                                  : "yes" + by_hand + "; first issue at " + issue + ", " +
                                        (recovered.empty() ? "not recovered" : "recovered at " + recovered));
  for (const auto& i : list(d, "blamed_by"))
    out.add("  caused", "incident " + text(i, "subject") + " of " + text(i, "source"));
  for (const auto& r : list(d, "remedied_by"))
    out.add("  fixed by",
            text(r, "way") + ' ' + name_of_deployment(database, text(r, "by")) + ", started " + text(r, "started_at"),
            text(r, "by"));
}

void add_follow_ups(const json::object& d, explanation& out) {
  if (text(d, "kind") != word(deployment_kind::hotfix)) return;
  out.add("cause", text(d, "cause").empty() ? "unknown" : text(d, "cause"));
  const auto merged = text(d, "merged_back_at");
  out.add("merged back", !merged.empty()                      ? merged
                         : !flag_at(d, "/owes_merge")         ? "not needed: it came from the default branch"
                         : !text(d, "rolled_back_by").empty() ? "not needed: it was rolled back"
                                                              : "no");
  out.add("review", text(d, "facts/review_held_at").empty() ? "not held" : "held " + text(d, "facts/review_held_at"));
  out.add("justified",
          flag_at(d, "/is_justified") ? "yes" : "no: neither a justification nor an incident of severity 1 or 2");
  std::string done;
  for (const auto& fact : list(d, "done")) done += (done.empty() ? "" : " ") + std::string(fact.as_string());
  out.add("reported facts", done.empty() ? "none" : done);
}

// The images that distinguish it from other deployments. Moving tags like `latest` are not compared.
void add_images(const json::object& d, explanation& out) {
  for (const auto& [name, title] : {std::pair("images", "own image"), std::pair("sidecars", "sidecar")})
    if (const auto* all = d.at("identity").as_object().if_contains(name))
      for (const auto& one : all->as_array())
        out.add(title, reference_of({text_at(one, "/0"), text_at(one, "/1"), text_at(one, "/2")}));
}

// The environments of a release to a group, or the release of a member.
void add_group(const json::object& d, explanation& out) {
  for (const auto& m : list(d, "members")) out.add("released to", text_at(m, "/environment"), text_at(m, "/id"));
  if (const auto release = text(d, "release"); !release.empty())
    out.add("counted with", "the release to all environments of its group", release);
}

explanation describe_deployment(ledger::reader& database, json::object d) {
  explanation e;
  e.title = text(d, "service") + " in " + text(d, "environment") + ": deployment " + text(d, "subject") + " of " +
            text(d, "source");
  for (const auto* column : {"id", "version"}) e.add(column, text(d, column));
  const auto evidence = text_at(d, "/facts/commit_evidence");
  e.add("commit", text(d, "commit") + (evidence.empty() ? "" : " (" + evidence + ')'));
  add_images(d, e);
  add_group(d, e);
  e.add("state", text(d, "state"));
  e.add("started", text(d, "started_at"));
  e.add("finished", text(d, "finished_at"));
  if (!text(d, "kind").empty()) {
    e.add("kind", kind_and_reason(d));
    e.add("change",
          flag_at(d, "/is_change") ? "yes, it replaced " + name_of_deployment(database, text(d, "below")) : "no",
          text(d, "below"));
    add_lead(d, e);
    e.add("live afterwards", name_of_deployment(database, text(d, "live")), text(d, "live"));
    if (!text(d, "rolled_back_by").empty())
      e.add("rolled back by", name_of_deployment(database, text(d, "rolled_back_by")), text(d, "rolled_back_by"));
    const auto& remedied = list(d, "remedies");
    std::size_t n = 0;
    for (auto& r : remedied_and_why(database, d)) {
      e.add("fixes", std::move(r), n < remedied.size() ? std::string(remedied[n].as_string()) : std::string());
      ++n;
    }
    if (!text(d, "detected_at").empty()) e.add("response", "measured from the detection at " + text(d, "detected_at"));
    add_failure(database, d, e);
    add_follow_ups(d, e);
  } else {
    e.add("kind", "none: the deployment has not succeeded");
  }
  e.told_by = database.events_about(thing_type::deployment, text(d, "source"), text(d, "subject"));
  std::set<thing_id> things = {{text(d, "source"), text(d, "subject")}};
  for (const auto& m : list(d, "members"))
    if (const thing_id other{text_at(m, "/source"), text_at(m, "/subject")}; things.insert(other).second)
      for (auto& event : database.events_about(thing_type::deployment, other.source, other.subject))
        e.told_by.push_back(std::move(event));
  if (!text(d, "commit").empty())
    for (auto& told : database.events_about(thing_type::commit, "", text(d, "commit")))
      e.told_by.push_back(std::move(told));
  e.explained = std::move(d);
  return e;
}

}

std::vector<explanation> explain_deployment(ledger::reader& database, const std::string& name) {
  std::vector<explanation> all;
  for (auto& d : database.find_deployments(name)) all.push_back(describe_deployment(database, std::move(d)));
  return all;
}

}
