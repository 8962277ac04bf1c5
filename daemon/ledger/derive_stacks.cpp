// Resuming the live stack where something changed (figures.md §3), and stopping where nothing can differ any more.
#include <algorithm>

#include "daemon/ledger/derivation.hpp"
#include "sql.hpp"

namespace releasehealth::ledger {
namespace {

/// Where a deployment stands in the order of the stack.
struct position {
  timestamp finished_at;
  std::string source, subject;
  auto operator<=>(const position&) const = default;
};

/// What is stored about a succeeded deployment's place in the stack.
struct stored_verdict {
  std::string id, kind, reason, evidence, live, below, rolled_back_by;
  bool is_change = false;
  std::optional<timestamp> covers_since;
};

struct stacked {
  deployment told;
  stored_verdict stored;
  position at() const { return {*told.finished_at, told.source, told.subject}; }
};

stacked read_stacked(const pqxx::row& row, const place& where) {
  stacked s;
  s.told.where = where;
  s.told.source = text(row["source"]);
  s.told.subject = text(row["subject"]);
  s.told.state = "succeeded";
  s.told.finished_at = time_from_microseconds(row["finished_at"]);
  s.told.version = text(row["version"]);
  s.told.commit = text(row["commit"]);
  s.stored = {.id = text(row["id"]),
              .kind = text(row["kind"]),
              .reason = {},
              .evidence = {},
              .live = text(row["live"]),
              .below = text(row["below"]),
              .rolled_back_by = text(row["rolled_back_by"]),
              .is_change = row["is_change"].as<bool>(),
              .covers_since = time_from_microseconds(row["covers_since"])};
  return s;
}

/// What changed in a place, before and after.
struct touched_place {
  std::set<position> at;
  std::set<std::string> ids;
  std::set<std::string> returned_to;  ///< by a rollback among them: it may answer to other identities now
};

/// One place, from one change on.
class resumed_stack {
 public:
  resumed_stack(derivation& in, const place& where, const touched_place& touched)
      : in_(in), work_(in.work), settings_(in.settings), where_(where), touched_(touched), suspects_(touched.ids) {
    suspects_.insert(touched.returned_to.begin(), touched.returned_to.end());
  }

  /// Runs from `from` until nothing can differ any more. Returns the position of the first touched one that it did not
  /// reach; nothing if there is none. What was stored about rows that change is added.
  std::optional<position> run_from(const position& from, std::map<std::string, stored_verdict>& changed) {
    live_stack stack(settings_.stack, load_levels(from));
    know_lines(stack, from);
    auto next = from;
    bool settled = false;
    for (bool more = true; more && !settled;) {
      auto page = load_page(next);
      more = page.size() == page_size + 1;
      if (more) {
        next = page.back().at();
        page.pop_back();
      }
      for (auto& s : page) {
        apply(stack, std::move(s));
        if ((settled = is_settled(stack))) break;
      }
    }
    write(stack, settled, changed);
    const auto rest = touched_.at.upper_bound(settled ? run_.back().at() : position{timestamp::max(), {}, {}});
    return rest == touched_.at.end() ? std::nullopt : std::optional(*rest);
  }

 private:
  static constexpr std::size_t page_size = 200;

  // Deployments are few between a change and the point where it is forgotten: the stack is looked through after each of
  // the first ones, then only now and then.
  static constexpr std::size_t always = 16, now_and_then = 64;

  std::string id_of(const deployment_key& k) const { return deployment_id(k.source, k.subject, where_); }
  std::string id_of(const std::optional<deployment_key>& k) const { return k ? id_of(*k) : std::string(); }

  std::vector<element> load_levels(const position& from) {
    std::vector<element> levels;
    std::map<std::string, std::size_t> level_of;
    const std::int64_t reach = settings_.stack.rollback_lookback.count();
    for (const auto& row : run(work_, sql::ledger_stack_at, where_.service, where_.environment,
                               format_time(from.finished_at), from.source, from.subject, reach)) {
      auto s = read_stacked(row, where_);
      element e{{s.told.source, s.told.subject}, s.stored.is_change, *s.stored.covers_since, {}};
      if (e.is_change) e.answers_to.push_back(identity_of(s.told));
      level_of[s.stored.id] = levels.size();
      levels.push_back(std::move(e));
      before_.push_back(std::move(s));
    }
    std::set<std::string> ids;
    for (const auto& [id, level] : level_of) ids.insert(id);
    if (!ids.empty())
      for (const auto& row : run(work_, sql::ledger_returned_to, id_array(ids), format_time(from.finished_at),
                                 from.source, from.subject)) {
        auto& e = levels[level_of.at(text(row["live"]))];
        const identity returned{text(row["commit"]), text(row["version"])};
        if (!e.is(returned)) e.answers_to.push_back(returned);
      }
    std::ranges::reverse(levels);
    return levels;
  }

  void know_lines(live_stack& stack, const position& from) {
    const std::int64_t within = settings_.stack.rules.longest_within().count();
    if (within == 0) return;
    for (const auto& row : run(work_, sql::ledger_changes_before, where_.service, where_.environment,
                               format_time(from.finished_at), from.source, from.subject, within))
      if (const auto version = parse_version(text(row["version"])))
        stack.know_line(version->line(), *time_from_microseconds(row["finished_at"]));
  }

  std::vector<stacked> load_page(const position& from) {
    std::vector<stacked> page;
    for (const auto& row :
         run(work_, sql::ledger_deployments_from, where_.service, where_.environment, format_time(from.finished_at),
             from.source, from.subject, static_cast<std::int64_t>(page_size + 1))) {
      auto& s = page.emplace_back(read_stacked(row, where_));
      s.stored.reason = text(row["kind_reason"]);
      s.stored.evidence = text(row["kind_evidence"]);
      s.told.started_at = time_from_microseconds(row["started_at"]);
      s.told.facts = json_object(row["facts"]);
      s.told.commit_facts = json_object(row["commit_facts"]);
      s.told.overrides = json_object(row["overrides"]);
    }
    if (settings_.stack.rules.looks_at_incidents()) tell_incidents(page);
    return page;
  }

  // Which of them started while an incident of their service was open: one of their environment, or of none that
  // anybody named. Incidents that this step touches are stored as they were, so those are asked as they are now.
  void tell_incidents(std::vector<stacked>& page) const {
    std::vector<std::string> starts;
    starts.reserve(page.size());
    for (const auto& s : page) starts.push_back(format_time(s.told.started_at.value_or(*s.told.finished_at)));
    const auto [sources, subjects] = thing_arrays(in_.touched_incidents);
    std::set<std::size_t> during;
    const auto is_here = [&](const std::string& environment) {
      return environment == where_.environment ||
             (environment.empty() && settings_.blame.names.is_production(where_.environment));
    };
    for (const auto& row :
         run(work_, sql::ledger_incidents_during, where_.service, text_array(starts), sources, subjects))
      if (is_here(settings_.blame.names.environment(text(row[1])))) during.insert(row[0].as<std::size_t>() - 1);
    for (const auto& key : in_.touched_incidents) {
      const auto known = in_.folded.find(key);
      if (known == in_.folded.end() || !is_here(known->second.environment) ||
          !std::ranges::binary_search(known->second.services, where_.service))
        continue;
      for (std::size_t n = 0; n < page.size(); ++n)
        if (known->second.open_at(page[n].told.started_at.value_or(*page[n].told.finished_at))) during.insert(n);
    }
    for (const auto n : during) page[n].told.during_incident = true;
  }

  void apply(live_stack& stack, stacked s) {
    auto v = stack.apply(s.told);
    for (const auto& popped : v.rolled_back) popper_[id_of(popped)] = s.stored.id;
    const auto& was = s.stored;
    const bool differs = v.kind.kind != was.kind || v.kind.reason != was.reason || v.kind.evidence != was.evidence ||
                         v.is_change != was.is_change || id_of(v.live) != was.live || id_of(v.below) != was.below ||
                         v.covers_since != was.covers_since;
    if (differs || touched_.at.contains(s.at())) {
      suspects_.insert(was.id);
      if (was.kind == "rollback") suspects_.insert(was.live);
      if (v.kind.kind == "rollback") suspects_.insert(id_of(v.live));  // it may answer to another identity now
      last_difference_ = *s.told.finished_at;
      since_difference_ = 0;
    } else {
      ++since_difference_;
    }
    s.told.facts = s.told.commit_facts = s.told.overrides = {};
    run_.push_back(std::move(s));
    verdicts_.push_back(std::move(v));
  }

  // Nothing after this point can differ if what is on the stack, as far as anything may still return to it, is what was
  // there before, and no rule looks back at a change.
  bool is_settled(const live_stack& stack) const {
    if (since_difference_ == 0 || (since_difference_ > always && since_difference_ % now_and_then != 0)) return false;
    const auto& here = run_.back();
    const auto now = *here.told.finished_at;
    if (now - last_difference_ <= settings_.stack.rules.longest_within()) return false;
    const auto& levels = stack.levels();
    for (auto level = levels.size(); level-- > 0;) {
      if (suspects_.contains(id_of(levels[level].by))) return false;
      if (!stack.in_reach(level, now)) break;
    }
    return true;
  }

  void write(const live_stack& stack, bool is_settled, std::map<std::string, stored_verdict>& changed) {
    std::set<std::string> standing, ran;
    for (const auto& e : stack.levels()) standing.insert(id_of(e.by));
    for (const auto& s : run_) ran.insert(s.stored.id);
    // What still stands where the run ended is popped by whom it was popped by before, if that comes later; a suspect
    // is out of reach by then, so nothing pops it any more.
    const auto popper_of = [&](const std::string& id, const std::string& stored) {
      if (const auto popped = popper_.find(id); popped != popper_.end()) return popped->second;
      const bool as_before = is_settled && standing.contains(id) && !suspects_.contains(id);
      return as_before && !ran.contains(stored) && !touched_.ids.contains(stored) ? stored : std::string();
    };
    json::array rows;
    const auto write_row = [&](const stored_verdict& was, const stored_verdict& is) {
      changed.emplace(was.id, was);
      rows.push_back(json::object{{"id", was.id},
                                  {"kind", is.kind},
                                  {"kind_reason", is.reason},
                                  {"kind_evidence", is.evidence},
                                  {"is_change", is.is_change},
                                  {"live", text_or_null(is.live)},
                                  {"below", text_or_null(is.below)},
                                  {"covers_since", time_or_null(is.covers_since)},
                                  {"rolled_back_by", text_or_null(is.rolled_back_by)}});
    };
    for (std::size_t i = 0; i < run_.size(); ++i) {
      const auto& v = verdicts_[i];
      const auto& was = run_[i].stored;
      const stored_verdict is{.id = was.id,
                              .kind = v.kind.kind,
                              .reason = v.kind.reason,
                              .evidence = v.kind.evidence,
                              .live = id_of(v.live),
                              .below = id_of(v.below),
                              .rolled_back_by = v.is_change ? popper_of(was.id, was.rolled_back_by) : std::string(),
                              .is_change = v.is_change,
                              .covers_since = v.covers_since};
      if (is.kind != was.kind || is.reason != was.reason || is.evidence != was.evidence || is.live != was.live ||
          is.below != was.below || is.rolled_back_by != was.rolled_back_by || is.is_change != was.is_change ||
          is.covers_since != was.covers_since)
        write_row(was, is);
    }
    if (!rows.empty()) run(work_, sql::ledger_write_verdicts, json::serialize(rows));
    std::vector<std::string> ids, by;
    for (const auto& s : before_) {
      const auto popper = s.stored.is_change ? popper_of(s.stored.id, s.stored.rolled_back_by) : std::string();
      if (popper == s.stored.rolled_back_by) continue;
      changed.emplace(s.stored.id, s.stored);
      ids.push_back(s.stored.id);
      by.push_back(popper);
    }
    if (!ids.empty()) run(work_, sql::ledger_write_poppers, text_array(ids), text_array(by));
  }

  const derivation& in_;
  pqxx::transaction_base& work_;
  const derive_settings& settings_;
  const place& where_;
  const touched_place& touched_;
  std::set<std::string> suspects_;  ///< ids of elements that may be others than before, and of rows that are gone
  std::vector<stacked> before_;     ///< on the stack when the run began
  std::vector<stacked> run_;
  std::vector<verdict> verdicts_;  ///< of run_
  std::map<std::string, std::string> popper_;
  timestamp last_difference_{};
  std::size_t since_difference_ = 0;
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
    touched[where].at.insert({*time_from_microseconds(row["finished_at"]), text(row["source"]), text(row["subject"])});
  }
}

}

void derive_stacks(derivation& in) {
  std::map<place, touched_place> touched;
  for (const auto& [id, d] : in.deployments)
    for (const auto* row : {&d.before, &d.now}) {
      if (!*row || (*row)->where.service.empty()) continue;
      in.places.insert((*row)->where);
      if (!(*row)->succeeded() || !(*row)->finished_at) continue;
      auto& t = touched[(*row)->where];
      t.at.insert({*(*row)->finished_at, (*row)->source, (*row)->subject});
      t.ids.insert(id);
      if ((*row)->kind == "rollback") t.returned_to.insert((*row)->live);
    }
  add_during_incidents(in, touched);
  std::map<std::string, stored_verdict> changed;
  for (const auto& [where, t] : touched) {
    auto from = std::optional(*t.at.begin());
    while (from) from = resumed_stack(in, where, t).run_from(*from, changed);
  }
  std::set<std::string> ids;
  for (const auto& [id, was] : changed) ids.insert(id);
  for (auto& d : load_deployments(in.work, ids)) {
    const auto [known, is_new] = in.deployments.try_emplace(d.id);
    if (is_new) {  // what was stored: the same but for the verdict
      auto before = d;
      const auto& was = changed.at(d.id);
      before.kind = was.kind;
      before.is_change = was.is_change;
      before.live = was.live;
      before.below = was.below;
      before.rolled_back_by = was.rolled_back_by;
      known->second.before = std::move(before);
    }
    known->second.now = std::move(d);
  }
}

}
