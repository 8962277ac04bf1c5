#include <algorithm>

#include "daemon/explain/explanation.hpp"

namespace releasehealth {
namespace {

/// Texts for the reasons why an incident is attributed to no change.
constexpr std::pair<std::string_view, std::string_view> reasons[] = {
    {"no_deployment", "no change was live when it started"},
    {"outside_window", "the live change was older than the attribution window"},
    {"culprit_unknown", "its culprit is unknown or ambiguous"},
    {"no_service", "it names no service"},
    {"not_a_change", "its culprit is none, or is not a change"},
    {"failed_deployment", "its culprit, or the deployment in progress, did not succeed"},
};

std::string why_nothing(const std::string& reason) {
  for (const auto& [name, meaning] : reasons)
    if (name == reason) return reason + ": " + std::string(meaning);
  return "it is not in production";
}

std::string or_else(const std::string& told, std::string_view otherwise) {
  return told.empty() ? std::string(otherwise) : told;
}

void add_decision(const json::object& i, explanation& out) {
  if (!text(i, "decided_at").empty()) out.add("decided", text(i, "decided_way") + ", started " + text(i, "decided_at"));
  if (!text(i, "recommended").empty())
    out.add("policy", text(i, "recommended") + ", because of: " + text(i, "policy") +
                          (flag_at(i, "/is_against_policy") ? "; the first remediation differs" : ""));
  if (flag_at(i, "/is_closed_too_early"))
    out.add("closed too early", "resolved before its hotfix was merged back or, at severity 1 or 2, without a review");
}

// The tools that report the incident. The times of the first one count.
void add_members(const json::object& i, explanation& out) {
  const auto& members = i.at("members").as_array();
  if (members.size() < 2) return;
  for (const auto& m : members) {
    const auto name = text(m, "subject") + " of " + text(m, "source"), evidence = text(m, "evidence");
    if (evidence.empty())
      out.add("reported by", name + " (leading report)");
    else
      out.add(flag_at(m, "/only_adds_facts") ? "facts from" : "same outage as", name + " (" + evidence + ')');
  }
}

explanation describe_incident(ledger::reader& database, json::object i) {
  explanation e;
  e.title = or_else(text(i, "service"), "no service") + " in " + text(i, "environment") + ": incident " +
            text(i, "subject") + " of " + text(i, "source");
  for (const auto* column : {"id", "state", "severity"}) e.add(column, text(i, column));
  e.add("title", text(i, "facts/title"));
  e.add("started", text(i, "started_at"));
  e.add("detected", text(i, "detected_at"));
  e.add("acknowledged", text(i, "acknowledged_at"));
  for (const auto& s : i.at("stretches").as_array())
    e.add("open", text(s, "from") + " to " + or_else(text(s, "until"), "now"));
  e.add("restored", or_else(text(i, "restored_at"), "not yet"));
  if (const auto other = text(i, "facts/resolved_with"); !other.empty())
    e.add("resolved with", other + ", because the leading report was not updated for 30 days");
  const auto culprit = text(i, "culprit");
  if (!text(i, "blamed").empty())
    e.add("attributed to", name_of_deployment(database, text(i, "blamed")) +
                               (culprit.empty() ? ", in progress or live when it started" : ", culprit: " + culprit));
  else
    e.add("attributed to", "no change; " + why_nothing(text(i, "reason")));
  add_members(i, e);
  for (const auto& r : i.at("remedies").as_array())
    e.add("remediation",
          text(r, "way") + ' ' + name_of_deployment(database, text(r, "by")) + ", started " + text(r, "started_at"));
  add_decision(i, e);
  for (const auto& w : i.at("work").as_array())
    e.add("work", or_else(text(w, "person"), "unknown person") + " (" + text(w, "method") + "), " +
                      (text(w, "seconds").empty() ? text(w, "from") + " to " + or_else(text(w, "until"), "now")
                                                  : text(w, "seconds") + " s"));
  for (const auto& m : i.at("members").as_array())
    for (auto& told : database.events_about(thing_type::incident, text(m, "source"), text(m, "subject")))
      e.told_by.push_back(std::move(told));
  std::ranges::stable_sort(e.told_by, {}, &ledger::stored_event::received_at);
  e.explained = std::move(i);
  return e;
}

}

std::vector<explanation> explain_incident(ledger::reader& database, const std::string& name) {
  std::vector<explanation> all;
  for (auto& i : database.find_incidents(name)) all.push_back(describe_incident(database, std::move(i)));
  return all;
}

}
