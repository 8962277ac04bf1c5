#include "daemon/timeline/remedy.hpp"

#include <algorithm>
#include <tuple>

#include "collectors/words.hpp"

namespace releasehealth {
namespace {

// The order of remediations that started at the same instant: rollback, flag, hotfix.
int tie_rank(way w) { return w == way::rollback ? 0 : w == way::flag ? 1 : 2; }

auto in_order(const remedy& r) { return std::tuple(r.started_at, tie_rank(r.by_way), std::string_view(r.actor)); }

const settled* change_named(const settled& hotfix, std::span<const settled> in_place) {
  const naming names;  // without rules: all candidates belong to one target
  std::vector<const settled*> changes;
  for (const auto& [d, only_in_its_service] : named(hotfix.fixes, hotfix.thing.source, in_place, names)) {
    if (d->where != hotfix.where || !d->finished_at) continue;
    const auto* change = change_of(*d, in_place);
    if (change && change->id != hotfix.id) changes.push_back(change);
  }
  return nearest(changes, *hotfix.started_at);
}

std::optional<std::string> latest_detected(std::span<const blaming> all) {
  const blaming* latest = nullptr;
  const auto order = [](const blaming& b) { return std::tie(b.detected_at, b.thing, b.change); };
  for (const auto& b : all)
    if (!b.change.empty() && (!latest || order(*latest) < order(b))) latest = &b;
  return latest ? std::optional(latest->change) : std::nullopt;
}

}

std::vector<blaming> named_incident(std::string_view own_source, std::span<const named_incident_row> of_that_name) {
  std::vector<blaming> own, others;
  const named_incident_row* first = nullptr;
  bool several = false;
  for (const auto& c : of_that_name) {
    if (c.source == own_source) {
      own.push_back(c.is);
      continue;
    }
    if (!first) first = &c;
    several = several || (c.source != first->source && c.is.thing != first->is.thing);
    others.push_back(c.is);
  }
  return !own.empty() || several ? own : others;
}

std::optional<std::string> remedied_by(const settled& hotfix, std::span<const settled> in_place,
                                       std::span<const blaming> named, std::span<const blaming> open,
                                       std::span<const settled> chain, duration attribution_window) {
  const auto start = *hotfix.started_at;
  // Only a change of the hotfix's own target can be remediated, and none remediates itself.
  const auto of_this_place = [&](std::span<const blaming> causes, bool only_open) {
    std::vector<blaming> all;
    for (const auto& b : causes) {
      const auto change = std::ranges::find(in_place, b.change, &settled::id);
      if (change != in_place.end() && change->where == hotfix.where && change->id != hotfix.id &&
          (!only_open || b.open_at(start)))
        all.push_back(b);
    }
    return all;
  };
  if (!hotfix.fixes.empty()) {
    const auto* fixed = hotfix.fixes == "none" ? nullptr : change_named(hotfix, in_place);
    return fixed ? std::optional(fixed->id) : std::nullopt;
  }
  if (!hotfix.incident.empty()) return latest_detected(of_this_place(named, false));
  if (auto blamed = latest_detected(of_this_place(open, true))) return blamed;
  for (const auto& d : chain)
    if (d.is_change && d.kind == deployment_kind::planned && d.id != hotfix.id)
      return start - *d.finished_at <= attribution_window ? std::optional(d.id) : std::nullopt;
  return {};
}

const remedy* first_remedy(std::span<const remedy> all) {
  const auto first = std::ranges::min_element(all, {}, in_order);
  return first == all.end() ? nullptr : &*first;
}

failure judge_change(std::span<const blaming> incidents, std::span<const remedy> remedies,
                     std::optional<bool> by_hand) {
  failure f;
  if (by_hand == false) return f;
  f.failed = by_hand == true || !incidents.empty() || !remedies.empty();
  const auto issue = [&](timestamp instant) { f.issue_at = std::min(instant, f.issue_at.value_or(instant)); };
  for (const auto& i : incidents) issue(i.detected_at);
  for (const auto& r : remedies) issue(r.started_at);
  const auto* first = first_remedy(remedies);
  if (first) f.first = first->by_way;
  if (incidents.empty()) {
    if (first) f.recovered_at = first->finished_at;
  } else if (std::ranges::all_of(incidents, [](const blaming& i) { return i.restored_at.has_value(); })) {
    for (const auto& i : incidents) f.recovered_at = std::max(*i.restored_at, f.recovered_at.value_or(*i.restored_at));
  }
  return f;
}

std::optional<timestamp> response_from(const settled& hotfix, std::span<const blaming> of_remedied_change) {
  std::optional<timestamp> earliest;
  for (const auto& b : of_remedied_change)
    if (b.open_at(*hotfix.started_at)) earliest = std::min(b.detected_at, earliest.value_or(b.detected_at));
  return earliest;
}

const remedy* deciding_remedy(const blaming& incident, std::span<const remedy> of_change_or_naming) {
  const remedy* first = nullptr;
  for (const auto& r : of_change_or_naming) {
    const bool of_it = (!incident.change.empty() && r.change == incident.change) || r.incident == incident.thing;
    if (!of_it || r.started_at < incident.detected_at) continue;
    if (incident.restored_at && r.started_at > *incident.restored_at) continue;
    if (!first || in_order(r) < in_order(*first)) first = &r;
  }
  return first;
}

}
