// Folds the members of a joined incident (figures.md section 18).
#include <algorithm>

#include "collectors/fields.hpp"
#include "daemon/timeline/join.hpp"

namespace releasehealth {
namespace {

/// Facts taken from any member that has them, in order of rank.
constexpr std::string_view shared_facts[] = {"cause", "review_held_at"};

// An override of any member applies to the incident, except for the joining fields, which apply to that member alone.
void take_overrides(std::vector<report>& overridden, const std::vector<report>& reports) {
  for (auto r : reports) {
    if (!r.is_override || r.retraction) continue;
    for (const auto own : joining_fields) r.fields.erase(own);
    if (!std::ranges::all_of(r.fields, [](const auto& f) { return is_about_override(f.key()); }))
      overridden.push_back(std::move(r));
  }
}

void take_earliest(std::optional<timestamp>& earliest, std::optional<timestamp> other) {
  if (other && (!earliest || *other < *earliest)) earliest = other;
}

// Keeps the lead's own times and fills the rest with the earliest of the other members.
void take_times(incident& i, std::span<const incident> others) {
  std::optional<timestamp> started, detected, acknowledged;
  for (const auto& o : others) {
    take_earliest(started, time_at(o.facts, "/started_at"));
    take_earliest(detected, time_at(o.facts, "/detected_at"));
    take_earliest(acknowledged, o.acknowledged_at);
  }
  const bool says_start = i.facts.contains("started_at"), says_detection = i.facts.contains("detected_at");
  if (!says_start && started) {
    auto& first = i.stretches.front();
    first.from = i.started_at = std::min(*started, first.until.value_or(*started));
  }
  if (!says_detection) i.detected_at = detected.value_or(i.started_at);
  if (!i.acknowledged_at) i.acknowledged_at = acknowledged;
  if (i.is_open() && i.acknowledged_at) i.state = incident_state::acknowledged;
}

// Whether a silence report exists that is late enough after the last other report.
bool is_silent(const std::vector<report>& reports) {
  std::optional<timestamp> last, noticed;
  for (const auto& r : reports) {
    auto& latest = r.fields.contains(silent_since) ? noticed : last;
    latest = std::max(latest.value_or(r.time), r.time);
  }
  return last && noticed && *noticed - *last >= silence;
}

// Resolves a silent lead at the first of its members' resolutions, once all of them are resolved.
void resolve_silent(incident& i, std::span<const incident> others) {
  if (!i.is_open() || std::ranges::any_of(others, &incident::is_open)) return;
  const auto first = std::ranges::min(others, {}, [](const incident& o) { return *o.stretches.back().until; });
  auto& last = i.stretches.back();
  last.until = std::max(last.from, *first.stretches.back().until);
  i.state = incident_state::resolved;
  i.facts["resolved_with"] = first.thing.subject;
}

bool names_configured_service(const incident& i, const naming& names) {
  return std::ranges::any_of(i.services, [&](const auto& s) { return names.configures_service(s); });
}

// If the lead names no configured service, takes those of the best-ranked member that does; the rest are shown as also
// affected and not attributed.
void take_services(incident& i, std::span<const incident> others, const naming& names, bool all_services) {
  std::set<std::string> all(i.services.begin(), i.services.end());
  for (const auto& o : others) all.insert(o.services.begin(), o.services.end());
  if (all_services) {
    i.services.assign(all.begin(), all.end());
  } else if (!names_configured_service(i, names)) {
    const auto best = std::ranges::find_if(others, [&](const auto& o) { return names_configured_service(o, names); });
    const auto any = std::ranges::find_if(others, [&](const auto& o) { return !o.services.empty(); });
    if (best != others.end())
      i.services = best->services;
    else if (i.services.empty() && any != others.end())
      i.services = any->services;
  }
  json::array rest;
  for (const auto& service : all)
    if (!std::ranges::binary_search(i.services, service)) rest.emplace_back(service);
  if (!rest.empty()) i.facts["also_affected"] = std::move(rest);
}

void take_values(incident& i, const incident& other) {
  if (i.environment.empty() && !other.environment.empty()) {
    i.environment = other.environment;
    i.facts["environment"] = other.facts.at("environment");
  }
  if (i.responders.empty()) i.responders = other.responders;
  if (i.culprit.empty() && !other.culprit.empty()) {
    i.culprit = other.culprit;
    i.culprit_source = other.culprit_source;
  }
}

void take_facts(incident& i, const incident& other) {
  for (const auto fact : shared_facts)
    if (const auto* value = other.facts.if_contains(fact); value && !i.facts.contains(fact)) i.facts[fact] = *value;
}

}

std::optional<incident> fold_joined(const thing_id& called, std::vector<told_member> members, const naming& names,
                                    const join_settings& settings) {
  auto& lead = members.front();
  const bool is_lead_silent = is_silent(lead.reports);
  for (auto m = members.begin() + 1; m != members.end(); ++m)
    if (!m->only_adds_facts) take_overrides(lead.reports, m->reports);
  auto joined = fold_incident(lead.thing, std::move(lead.reports), names);
  if (!joined) return {};
  if (called == lead.thing) joined->called_services = joined->services;
  std::vector<incident> others;
  std::size_t full = 0;  // members that only add facts come last
  for (auto m = members.begin() + 1; m != members.end(); ++m)
    if (auto i = fold_incident(m->thing, std::move(m->reports), names)) {
      if (i->thing == called) joined->called_services = i->services;
      others.push_back(std::move(*i));
      full += !m->only_adds_facts;
    }
  joined->thing = called;
  for (const auto& o : others) take_facts(*joined, o);
  others.resize(full);
  if (others.empty()) return joined;
  take_times(*joined, others);
  take_services(*joined, others, names, settings.all_services);
  int worst = 0;
  for (const auto& o : others) {
    take_values(*joined, o);
    if (o.severity != 0 && (worst == 0 || o.severity < worst)) worst = o.severity;
  }
  if (joined->severity == 0) joined->severity = worst;
  if (is_lead_silent) resolve_silent(*joined, others);
  return joined;
}

}
