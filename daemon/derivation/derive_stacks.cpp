// Resumes live stacks at the first change (figures.md §3) and stops where nothing can differ any more.
#include <algorithm>

#include "collectors/words.hpp"
#include "daemon/derivation/resumed_stack.hpp"
#include "sql/derivation.hpp"

namespace releasehealth::ledger {
namespace {

/// A stretch of an incident in one of its services.
struct service_stretch {
  std::string_view service;
  timestamp begins;
  std::optional<timestamp> ends;
};
BOOST_DESCRIBE_STRUCT(service_stretch, (), (service, begins, ends))

// If rules read incidents, deployments that started during a touched incident are decided again.
void add_during_incidents(derivation& step, std::map<place, touched_place>& touched) {
  if (!step.settings.stack.rules.looks_at_incidents() || step.touched_incidents.empty()) return;
  fold_incidents(step, step.touched_incidents);
  std::vector<service_stretch> now;
  for (const auto& key : step.touched_incidents)
    if (const auto i = step.folded.find(key); i != step.folded.end())
      for (const auto& service : i->second.services)
        for (const auto& s : i->second.stretches) now.push_back({service, s.from, s.until});
  for (auto& d : query<position_row>(step.work, sql::derivation::deployments_during, by_column(now),
                                     by_column(step.touched_incidents))) {
    touched[d.where].positions.insert(std::move(d.position));
    step.places.insert(std::move(d.where));
  }
}

stack_position position_of(const settled& d) { return {*d.finished_at, d.day_order, d.thing}; }

void write(derivation& step, const stack_changes& found) {
  const auto key = [](const auto& entry) { return entry.first; };
  const auto value = [](const auto& entry) { return entry.second; };
  write_deployments(step, found.fresh);
  if (!found.verdicts.empty())
    execute(step.work, sql::derivation::write_verdicts, each_of(found.verdicts, key),
            by_column(each_of(found.verdicts, value)));
  if (!found.poppers.empty())
    execute(step.work, sql::derivation::write_poppers, each_of(found.poppers, key), each_of(found.poppers, value));
}

// A run that only adds to the top of a stack needs no level below the top, unless a deployment returns to one. Loading
// the top alone matters because the stack of a frequently deployed target is deep.
void need_little(derivation& step, const std::map<place, touched_place>& touched, std::vector<stack_run>& runs) {
  constexpr std::size_t few = 8;  // an import has many; a lookup for each costs more than loading the stack
  std::vector<std::vector<std::string>> fresh(runs.size());
  for (std::size_t n = 0; n < runs.size(); ++n) {
    const auto& t = touched.at(runs[n].where);
    runs[n].needs_all = runs[n].needs_all || !t.has_only_new || t.fresh.size() > few;
    if (runs[n].needs_all) continue;
    for (auto later = t.fresh.lower_bound(runs[n].begin); later != t.fresh.end(); ++later)
      fresh[n].push_back(later->second);
  }
  look_for_known(step, runs, fresh);
}

// Whether so many deployments follow a change that walking over them would delay other services. If so, notes them.
bool walks_far(derivation& step, const stack_run& r, const touched_place& touched) {
  constexpr std::int64_t many = 2'000;
  if (!r.has_more) return false;
  const auto count = query_one<std::int64_t>(step.work, sql::derivation::deployments_behind, r.where.service,
                                             r.where.environment, r.begin.finished_at, many);
  if (count < many) return false;
  for (const auto& id : touched.ids) {
    const auto& d = step.deployments.at(id);
    for (const auto* row : {&d.previous, &d.now})
      if (*row) step.walks_far.insert((*row)->thing);
  }
  return true;
}

// Most targets need one run; the starts of up to `at_once` runs are read together.
void run_stacks(derivation& step, const std::map<place, touched_place>& touched,
                std::map<std::string, stack_verdict>& previous) {
  constexpr std::size_t at_once = 100;
  std::vector<stack_run> waiting;
  waiting.reserve(touched.size());
  for (const auto& [where, t] : touched) waiting.push_back({.where = where, .begin = *t.positions.begin()});
  while (!waiting.empty()) {
    std::vector<stack_run> runs;
    while (!waiting.empty() && runs.size() < at_once) {
      runs.push_back(std::move(waiting.back()));
      waiting.pop_back();
    }
    stack_changes found{.fresh = {}, .verdicts = {}, .poppers = {}, .earlier_verdicts = previous};
    need_little(step, touched, runs);
    load_starts(step, runs);
    if (!step.may_walk_far) {
      bool are_far = false;
      for (const auto& r : runs) are_far = walks_far(step, r, touched.at(r.where)) || are_far;
      if (are_far) throw long_walk();
    }
    for (auto& r : runs)
      if (auto again = resume_stack(step, r, touched.at(r.where), found)) waiting.push_back(std::move(*again));
    write(step, found);
  }
}

}

void derive_stacks(derivation& step) {
  std::map<place, touched_place> touched;
  const auto touch = [&](const std::string& id, const settled& d) -> touched_place* {
    if (d.where.service.empty()) return nullptr;
    if (!d.succeeded() || !d.finished_at) return nullptr;
    auto& t = touched[d.where];
    t.positions.insert(position_of(d));
    t.ids.insert(id);
    if (d.kind == deployment_kind::rollback) t.returned_to.insert(d.live);
    return &t;
  };
  std::vector<std::string> at_once;  // in no stack, or no longer at their stored position
  for (const auto& [id, d] : step.deployments) {
    auto* previous = d.previous ? touch(id, *d.previous) : nullptr;
    if (previous) previous->has_only_new = false;
    if (!d.now) continue;
    auto* now = touch(id, *d.now);
    if (now) now->fresh.emplace(position_of(*d.now), id);
    // a row that stays where it is stored is written once, with its new verdict
    const bool moves = now && previous && position_of(*d.previous) != position_of(*d.now);
    if (!now || moves) at_once.push_back(id);
  }
  write_deployments(step, at_once);
  add_during_incidents(step, touched);
  std::map<std::string, stack_verdict> previous;  // of stored deployments whose verdict changed
  run_stacks(step, touched, previous);
  for (auto& [id, d] : step.fresh) {
    auto& now = *step.deployments.at(id).now;
    now.kind = d.verdict.kind;
    now.is_change = d.verdict.is_change;
    now.live = d.verdict.live;
    now.below = d.verdict.below;
    now.rolled_back_by = d.verdict.rolled_back_by;
  }
  std::set<std::string> ids;
  for (const auto& [id, was] : previous) ids.insert(id);
  std::vector<std::string> moved;
  for (auto& d : load_deployments(step.work, ids)) {
    const auto& stored_verdict = previous.at(d.id);
    if (std::tie(d.below, d.is_change, d.kind) !=
        std::tie(stored_verdict.below, stored_verdict.is_change, stored_verdict.kind))
      moved.push_back(d.id);
    const auto [known, is_new] = step.deployments.try_emplace(d.id);
    if (is_new) {  // the stored row: only the verdict differs
      auto stored = d;
      const auto& was = previous.at(d.id);
      stored.kind = was.kind;
      stored.is_change = was.is_change;
      stored.live = was.live;
      stored.below = was.below;
      stored.rolled_back_by = was.rolled_back_by;
      known->second.previous = std::move(stored);
    }
    known->second.now = std::move(d);
  }
  touch_contents(step, moved);
  step.fresh.clear();
  for (const auto& [id, d] : step.deployments)
    for (const auto* row : {&d.previous, &d.now}) {
      if (!*row) continue;
      if (!(*row)->where.service.empty()) step.note(id, (*row)->where);
      if ((*row)->production) step.names.add(**row);
    }
}

}
