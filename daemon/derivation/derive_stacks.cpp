// Resuming the live stack where something changed (figures.md §3), and stopping where nothing can differ any more.
#include <algorithm>

#include "daemon/derivation/stack_rows.hpp"
#include "sql.hpp"

namespace releasehealth::ledger {
namespace {

/// What changed in a place, before and after.
struct touched_place {
  std::set<stack_position> at;
  std::set<std::string> ids;
  std::set<std::string> returned_to;            ///< by a rollback among them: it may answer to other identities now
  std::map<stack_position, std::string> fresh;  ///< ids of what this step writes
  bool has_only_new = true;                     ///< nothing that was in the stack before
};

/// What runs found, to be written for many places at once.
struct stack_changes {
  std::vector<std::string> fresh;                 ///< whose verdict is known now
  std::map<std::string, stack_verdict> verdicts;  ///< of stored ones
  std::map<std::string, std::string> poppers;     ///< of stored ones below a run
  std::map<std::string, stack_verdict>& before;   ///< what was stored of the last two
};

/// One place, from one change on.
class resumed_stack {
 public:
  resumed_stack(derivation& in, stack_run& from, const touched_place& touched, stack_changes& out)
      : in_(in),
        settings_(in.settings.stack),
        of_(from),
        touched_(touched),
        out_(out),
        next_fresh_(touched.fresh.lower_bound(from.from)),
        suspects_(touched.ids) {
    suspects_.insert(touched.returned_to.begin(), touched.returned_to.end());
  }

  /// Runs until nothing can differ any more. Returns the run from the first touched one that it did not reach, or
  /// the same once more if it needs more of the stack than it has; nothing if there is none.
  std::optional<stack_run> run() {
    live_stack stack(settings_, elements());
    for (const auto& [name, finished_at] : of_.changes)
      if (const auto version = parse_version(name)) stack.know_release(*version, finished_at);
    bool settled = false;
    for (;;) {
      auto page = merged_page();
      if (settings_.rules.looks_at_incidents()) tell_incidents(page);
      for (auto& s : page) {
        if (!apply(stack, std::move(s))) return stack_run{.where = of_.where, .from = of_.from, .needs_all = true};
        if ((settled = is_settled(stack))) break;
      }
      if (settled || !of_.has_more) break;
      load_pages(in_, {&of_, 1});
    }
    write(stack, settled);
    const auto rest =
        touched_.at.upper_bound(settled ? run_.back().at() : stack_position{timestamp::max(), {}, {}, {}});
    if (rest == touched_.at.end()) return {};
    return stack_run{.where = of_.where, .from = *rest, .needs_all = of_.needs_all};
  }

 private:
  // Deployments are few between a change and the point where it is forgotten: the stack is looked through after each of
  // the first ones, then only now and then.
  static constexpr std::size_t always = 16, now_and_then = 64;

  std::string id_of(const deployment_key& k) const { return deployment_id(k.source, k.subject, of_.where); }
  std::string id_of(const std::optional<deployment_key>& k) const { return k ? id_of(*k) : std::string(); }

  std::vector<element> elements() const {
    std::vector<element> all;
    for (const auto& s : of_.levels) {
      element e{{s.kept.source, s.kept.subject},
                s.was.is_change,
                s.was.covers_since.value_or(s.told().finished_at.value_or(timestamp{})),
                {}};
      if (e.is_change) e.answers_to.push_back(identity_of(s.kept));
      if (const auto returned = of_.returned_to.find(s.id); returned != of_.returned_to.end())
        for (const auto& name : returned->second)
          if (!e.is(name)) e.answers_to.push_back(name);
      all.push_back(std::move(e));
    }
    std::ranges::reverse(all);
    return all;
  }

  // What is stored, and what this step writes, as far as the stored page reaches.
  std::vector<stacked> merged_page() {
    auto page = std::move(of_.page);
    const auto stored = page.size();
    const auto end = of_.has_more ? touched_.fresh.lower_bound(of_.next) : touched_.fresh.end();
    for (; next_fresh_ != end; ++next_fresh_) {
      stacked s{.fresh = &in_.fresh.at(next_fresh_->second),
                .kept = {},
                .id = next_fresh_->second,
                .day_order = next_fresh_->first.day_order,
                .was = {}};
      if (const auto& before = in_.deployments.at(s.id).before)
        s.was = {.kind = before->kind, .live = before->live, .rolled_back_by = before->rolled_back_by};
      page.push_back(std::move(s));
    }
    std::inplace_merge(page.begin(), page.begin() + static_cast<std::ptrdiff_t>(stored), page.end(), is_before);
    return page;
  }

  // Which of them started while an incident of their service was open: one of their environment, or of none that
  // anybody named. Incidents that this step touches are stored as they were, so those are asked as they are now.
  void tell_incidents(std::vector<stacked>& page) const {
    const auto start_of = [](const stacked& s) { return s.told().started_at.value_or(*s.told().finished_at); };
    std::vector<std::string> starts;
    starts.reserve(page.size());
    for (const auto& s : page) starts.push_back(format_time(start_of(s)));
    const auto [sources, subjects] = thing_arrays(in_.touched_incidents);
    std::set<std::size_t> during;
    const auto& where = of_.where;
    const auto& names = in_.settings.blame.names;
    const auto is_here = [&](const std::string& environment) {
      return environment == where.environment || (environment.empty() && names.is_production(where.environment));
    };
    for (const auto& row :
         ledger::run(in_.work, sql::ledger_incidents_during, where.service, text_array(starts), sources, subjects))
      if (is_here(names.environment(text(row[1])))) during.insert(row[0].as<std::size_t>() - 1);
    for (const auto& key : in_.touched_incidents) {
      const auto known = in_.folded.find(key);
      if (known == in_.folded.end() || !is_here(known->second.environment) ||
          !std::ranges::binary_search(known->second.services, where.service))
        continue;
      for (std::size_t n = 0; n < page.size(); ++n)
        if (known->second.open_at(start_of(page[n]))) during.insert(n);
    }
    for (const auto n : during) page[n].told().during_incident = true;
  }

  // Of a stack whose top alone is known, what returns to another element cannot be told: then nothing is.
  bool apply(live_stack& stack, stacked s) {
    auto said = stack.apply(s.told());
    if (said.kind.kind == "rollback" && !of_.needs_all) return false;
    for (const auto& popped : said.rolled_back) popper_[id_of(popped)] = s.id;
    stack_verdict now{.kind = std::move(said.kind.kind),
                      .reason = std::move(said.kind.reason),
                      .evidence = std::move(said.kind.evidence),
                      .live = id_of(said.live),
                      .below = id_of(said.below),
                      .rolled_back_by = s.was.rolled_back_by,  // until the run has ended
                      .is_change = said.is_change,
                      .covers_since = said.covers_since};
    if (now != s.was || touched_.at.contains(s.at())) {
      suspects_.insert(s.id);
      if (s.was.kind == "rollback") suspects_.insert(s.was.live);
      if (now.kind == "rollback") suspects_.insert(now.live);  // it may answer to another identity now
      last_difference_ = *s.told().finished_at;
      since_difference_ = 0;
    } else {
      ++since_difference_;
    }
    s.kept.facts = s.kept.commit_facts = s.kept.overrides = {};
    run_.push_back(std::move(s));
    verdicts_.push_back(std::move(now));
    return true;
  }

  // Nothing after this point can differ if what is on the stack, as far as anything may still return to it, is what was
  // there before, and no rule looks back at a change.
  bool is_settled(const live_stack& stack) {
    if (since_difference_ == 0 || (since_difference_ > always && since_difference_ % now_and_then != 0)) return false;
    const auto now = *run_.back().told().finished_at;
    if (now - last_difference_ <= settings_.rules.longest_within()) return false;
    const auto& levels = stack.levels();
    const auto is_suspect = [&](std::size_t level) { return suspects_.contains(id_of(levels[level].by)); };
    // what kept the run going last is looked at first: a deep stack is not read down to it again and again
    if (held_by_ < levels.size() && stack.in_reach(held_by_, now) && is_suspect(held_by_)) return false;
    for (auto level = levels.size(); level-- > 0;) {
      if (is_suspect(level)) {
        held_by_ = level;
        return false;
      }
      if (!stack.in_reach(level, now)) break;
    }
    return true;
  }

  void write(const live_stack& stack, bool is_settled) {
    std::set<std::string> standing, ran;
    if (is_settled)
      for (const auto& e : stack.levels()) standing.insert(id_of(e.by));
    for (const auto& s : run_) ran.insert(s.id);
    // What still stands where the run ended is popped by whom it was popped by before, if that comes later; a suspect
    // is out of reach by then, so nothing pops it any more.
    const auto popper_of = [&](const std::string& id, const std::string& stored) {
      if (const auto popped = popper_.find(id); popped != popper_.end()) return popped->second;
      const bool as_before = standing.contains(id) && !suspects_.contains(id);
      return as_before && !ran.contains(stored) && !touched_.ids.contains(stored) ? stored : std::string();
    };
    for (std::size_t i = 0; i < run_.size(); ++i) {
      auto& [fresh, kept, id, day_order, was] = run_[i];
      auto& now = verdicts_[i];
      now.rolled_back_by = now.is_change ? popper_of(id, was.rolled_back_by) : std::string();
      if (fresh) {
        fresh->verdict = std::move(now);
        out_.fresh.push_back(std::move(id));
      } else if (now != was) {
        out_.verdicts[id] = std::move(now);
        out_.before.emplace(std::move(id), std::move(was));
      }
    }
    for (auto& s : of_.levels) {
      auto popper = s.was.is_change ? popper_of(s.id, s.was.rolled_back_by) : std::string();
      if (popper == s.was.rolled_back_by) continue;
      out_.poppers[s.id] = std::move(popper);
      out_.before.emplace(std::move(s.id), std::move(s.was));
    }
  }

  derivation& in_;
  const stack_settings& settings_;
  stack_run& of_;
  const touched_place& touched_;
  stack_changes& out_;
  std::map<stack_position, std::string>::const_iterator next_fresh_;
  std::set<std::string> suspects_;  ///< ids of elements that may be others than before, and of rows that are gone
  std::vector<stacked> run_;
  std::vector<stack_verdict> verdicts_;  ///< of run_
  std::map<std::string, std::string> popper_;
  timestamp last_difference_{};
  std::size_t since_difference_ = 0;
  std::size_t held_by_ = 0;  ///< the level of the suspect that was found last
};

// Where rules look at incidents, what started during one that was touched is decided again.
void add_during_incidents(derivation& in, std::map<place, touched_place>& touched) {
  if (!in.settings.stack.rules.looks_at_incidents() || in.touched_incidents.empty()) return;
  fold_incidents(in, in.touched_incidents);
  json::array now;
  for (const auto& key : in.touched_incidents)
    if (const auto i = in.folded.find(key); i != in.folded.end())
      for (const auto& service : i->second.services)
        for (const auto& s : i->second.stretches)
          now.push_back({{"service", service}, {"from", format_time(s.from)}, {"until", time_or_null(s.until)}});
  const auto [sources, subjects] = thing_arrays(in.touched_incidents);
  for (const auto& row : run(in.work, sql::ledger_deployments_during, json::serialize(now), sources, subjects)) {
    const place where{text(row["service"]), text(row["environment"])};
    in.places.insert(where);
    touched[where].at.insert({*time_from_microseconds(row["finished_at"]), text(row["day_order"]), text(row["source"]),
                              text(row["subject"])});
  }
}

void write(derivation& in, const stack_changes& found) {
  write_deployments(in, found.fresh);
  json::array rows;
  for (const auto& [id, v] : found.verdicts)
    rows.push_back(json::object{{"id", id},
                                {"kind", v.kind},
                                {"kind_reason", v.reason},
                                {"kind_evidence", v.evidence},
                                {"is_change", v.is_change},
                                {"live", text_or_null(v.live)},
                                {"below", text_or_null(v.below)},
                                {"covers_since", time_or_null(v.covers_since)},
                                {"rolled_back_by", text_or_null(v.rolled_back_by)}});
  if (!rows.empty()) run(in.work, sql::ledger_write_verdicts, json::serialize(rows));
  std::vector<std::string> ids, by;
  for (const auto& [id, popper] : found.poppers) {
    ids.push_back(id);
    by.push_back(popper);
  }
  if (!ids.empty()) run(in.work, sql::ledger_write_poppers, text_array(ids), text_array(by));
}

// What only adds to the top of a stack needs nothing below it, unless it returns to something there: of a place that is
// deployed to all day long the stack is deep.
void need_little(derivation& in, const std::map<place, touched_place>& touched, std::vector<stack_run>& runs) {
  constexpr std::size_t few = 8;  // of an import a place has many, and looking for each costs more than the stack
  std::vector<std::vector<std::string>> fresh(runs.size());
  for (std::size_t n = 0; n < runs.size(); ++n) {
    const auto& t = touched.at(runs[n].where);
    runs[n].needs_all = runs[n].needs_all || !t.has_only_new || t.fresh.size() > few;
    if (runs[n].needs_all) continue;
    for (auto at = t.fresh.lower_bound(runs[n].from); at != t.fresh.end(); ++at) fresh[n].push_back(at->second);
  }
  look_for_known(in, runs, fresh);
}

// Whether so many deployments lie behind a change that walking over all of them would hold others up; noted if so.
bool walks_far(derivation& in, const stack_run& r, const touched_place& touched) {
  constexpr std::int64_t many = 2'000;
  if (!r.has_more) return false;
  const auto behind = run(in.work, sql::ledger_deployments_behind, r.where.service, r.where.environment,
                          format_time(r.from.finished_at), many)[0][0];
  if (behind.as<std::int64_t>() < many) return false;
  for (const auto& id : touched.ids) {
    const auto& d = in.deployments.at(id);
    for (const auto* row : {&d.before, &d.now})
      if (*row) in.walks_far.emplace((*row)->source, (*row)->subject);
  }
  return true;
}

// Most places need one run, and what the runs of several places begin with is read at once.
void run_stacks(derivation& in, const std::map<place, touched_place>& touched,
                std::map<std::string, stack_verdict>& before) {
  constexpr std::size_t at_once = 100;
  std::vector<stack_run> waiting;
  waiting.reserve(touched.size());
  for (const auto& [where, t] : touched) waiting.push_back({.where = where, .from = *t.at.begin()});
  while (!waiting.empty()) {
    std::vector<stack_run> runs;
    while (!waiting.empty() && runs.size() < at_once) {
      runs.push_back(std::move(waiting.back()));
      waiting.pop_back();
    }
    stack_changes found{.fresh = {}, .verdicts = {}, .poppers = {}, .before = before};
    need_little(in, touched, runs);
    load_starts(in, runs);
    if (!in.may_walk_far) {
      bool are_far = false;
      for (const auto& r : runs) are_far = walks_far(in, r, touched.at(r.where)) || are_far;
      if (are_far) throw long_walk();
    }
    for (auto& r : runs)
      if (auto again = resumed_stack(in, r, touched.at(r.where), found).run()) waiting.push_back(std::move(*again));
    write(in, found);
  }
}

}

void derive_stacks(derivation& in) {
  std::map<place, touched_place> touched;
  const auto touch = [&](const std::string& id, const settled& d) -> touched_place* {
    if (d.where.service.empty()) return nullptr;
    in.places.insert(d.where);
    if (!d.succeeded() || !d.finished_at) return nullptr;
    auto& t = touched[d.where];
    t.at.insert({*d.finished_at, d.day_order, d.source, d.subject});
    t.ids.insert(id);
    if (d.kind == "rollback") t.returned_to.insert(d.live);
    return &t;
  };
  std::vector<std::string> at_once;  // of no stack; or nothing is to find them where they were
  for (const auto& [id, d] : in.deployments) {
    auto* before = d.before ? touch(id, *d.before) : nullptr;
    if (before) before->has_only_new = false;
    const bool was_in_stack = before != nullptr;
    if (!d.now) continue;
    auto* t = touch(id, *d.now);
    if (t) t->fresh.emplace(stack_position{*d.now->finished_at, d.now->day_order, d.now->source, d.now->subject}, id);
    if (!t || was_in_stack) at_once.push_back(id);
  }
  write_deployments(in, at_once);
  add_during_incidents(in, touched);
  std::map<std::string, stack_verdict> before;  // of stored deployments whose verdict changed
  run_stacks(in, touched, before);
  for (auto& [id, d] : in.fresh) {
    auto& now = *in.deployments.at(id).now;
    now.kind = d.verdict.kind;
    now.is_change = d.verdict.is_change;
    now.live = d.verdict.live;
    now.below = d.verdict.below;
    now.rolled_back_by = d.verdict.rolled_back_by;
  }
  in.fresh.clear();
  std::set<std::string> ids;
  for (const auto& [id, was] : before) ids.insert(id);
  for (auto& d : load_deployments(in.work, ids)) {
    const auto [known, is_new] = in.deployments.try_emplace(d.id);
    if (is_new) {  // what was stored: the same but for the verdict
      auto stored = d;
      const auto& was = before.at(d.id);
      stored.kind = was.kind;
      stored.is_change = was.is_change;
      stored.live = was.live;
      stored.below = was.below;
      stored.rolled_back_by = was.rolled_back_by;
      known->second.before = std::move(stored);
    }
    known->second.now = std::move(d);
  }
  for (const auto& [id, d] : in.deployments)
    for (const auto* row : {&d.before, &d.now})
      if (*row && (*row)->production) in.names.add(**row);
}

}
