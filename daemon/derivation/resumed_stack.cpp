#include "daemon/derivation/resumed_stack.hpp"

#include <algorithm>
#include <deque>

#include "collectors/words.hpp"
#include "sql/derivation.hpp"

namespace releasehealth::ledger {
namespace {

/// An incident that was open at an instant, with the environment that it reports.
struct found_incident {
  std::size_t n = 0;  ///< index of the instant, from 1
  std::string environment;
};
BOOST_DESCRIBE_STRUCT(found_incident, (), (n, environment))

/// A run over the stack of one target, from one change on.
class resumed_stack {
 public:
  resumed_stack(derivation& step, stack_run& start, const touched_place& touched, stack_changes& out)
      : step_(step),
        settings_(step.settings.stack),
        start_(start),
        touched_(touched),
        out_(out),
        next_fresh_(touched.fresh.lower_bound(start.begin)),
        suspects_(touched.ids) {
    suspects_.insert(touched.returned_to.begin(), touched.returned_to.end());
  }

  std::optional<stack_run> run() {
    live_stack stack(settings_, elements());
    for (const auto& [name, finished_at] : start_.changes)
      if (const auto version = parse_version(name)) stack.know_release(*version, finished_at);
    bool settled = false;
    for (;;) {
      auto page = merged_page();
      if (settings_.rules.looks_at_incidents()) tell_incidents(page);
      for (auto& s : page) {
        if (!apply(stack, std::move(s)))
          return stack_run{.where = start_.where, .begin = start_.begin, .needs_all = true};
        if ((settled = is_settled(stack))) break;
      }
      if (settled || !start_.has_more) break;
      load_pages(step_, {&start_, 1});
    }
    write(stack, settled);
    const auto rest = touched_.positions.upper_bound(settled ? last_ : stack_position{timestamp::max(), {}, {}});
    if (rest == touched_.positions.end()) return {};
    return stack_run{.where = start_.where, .begin = *rest, .needs_all = start_.needs_all};
  }

 private:
  // A run usually settles after few deployments, so the stack is checked after each of the first `always` deployments
  // and then after every `now_and_then`.
  static constexpr std::size_t always = 16, now_and_then = 64;

  std::string id_of(const thing_id& k) const { return deployment_id(k, start_.where); }
  std::string id_of(const std::optional<thing_id>& k) const { return k ? id_of(*k) : std::string(); }

  std::vector<element> elements() const {
    std::vector<element> all;
    for (const auto& s : start_.levels) {
      element e{
          s.kept.thing, s.was.is_change, s.was.covers_since.value_or(s.told().finished_at.value_or(timestamp{})), {}};
      if (e.is_change) e.answers_to.push_back(identity_of(s.kept));
      if (const auto returned = start_.returned_to.find(s.id); returned != start_.returned_to.end())
        for (const auto& name : returned->second)
          if (!e.is(name)) e.answers_to.push_back(name);
      all.push_back(std::move(e));
    }
    std::ranges::reverse(all);
    return all;
  }

  // The stored page, merged with the deployments in its range that this step writes.
  std::vector<stacked> merged_page() {
    auto page = std::move(start_.page);
    const auto stored = page.size();
    const auto end = start_.has_more ? touched_.fresh.lower_bound(start_.next) : touched_.fresh.end();
    for (; next_fresh_ != end; ++next_fresh_) {
      stacked s{.fresh = &step_.fresh.at(next_fresh_->second),
                .kept = {},
                .id = next_fresh_->second,
                .day_order = next_fresh_->first.day_order,
                .was = {}};
      if (const auto& previous = step_.deployments.at(s.id).previous)
        s.was = {.kind = previous->kind, .live = previous->live, .rolled_back_by = previous->rolled_back_by};
      page.push_back(std::move(s));
    }
    std::inplace_merge(page.begin(), page.begin() + static_cast<std::ptrdiff_t>(stored), page.end(), is_before);
    return page;
  }

  // Marks the deployments that started while an incident of their service was open, in their environment or without a
  // reported environment. The stored rows of incidents that this step touches are outdated; `folded` replaces them.
  void tell_incidents(std::vector<stacked>& page) const {
    const auto start_of = [](const stacked& s) { return s.told().started_at.value_or(*s.told().finished_at); };
    std::vector<timestamp> starts;
    starts.reserve(page.size());
    for (const auto& s : page) starts.push_back(start_of(s));
    std::set<std::size_t> marked;
    const auto& where = start_.where;
    const auto& names = step_.settings.blame.names;
    const auto is_here = [&](const std::string& environment) {
      return environment.empty() ? names.is_production(where.environment)
                                 : names.is_about(environment, where.environment);
    };
    for (const auto& found : query<found_incident>(step_.work, sql::derivation::incidents_during, where.service, starts,
                                                   by_column(step_.touched_incidents)))
      if (is_here(names.environment(found.environment))) marked.insert(found.n - 1);
    for (const auto& key : step_.touched_incidents) {
      const auto known = step_.folded.find(key);
      if (known == step_.folded.end() || !is_here(known->second.environment) ||
          !std::ranges::binary_search(known->second.services, where.service))
        continue;
      for (std::size_t n = 0; n < page.size(); ++n)
        if (known->second.open_at(start_of(page[n]))) marked.insert(n);
    }
    for (const auto n : marked) page[n].told().during_incident = true;
  }

  /// A deployment that has its verdict. A run may have all deployments of a target, so it holds no more of each.
  struct judged {
    fresh_deployment* fresh;
    std::string id;
    stack_verdict was, now;
  };

  // Returns false if only the top of the stack is loaded and the deployment returns to an element below it. The run is
  // then repeated with the whole stack.
  bool apply(live_stack& stack, stacked s) {
    auto said = stack.apply(s.told());
    if (said.kind.kind == deployment_kind::rollback && !start_.needs_all) return false;
    for (const auto& popped : said.rolled_back) popper_[id_of(popped)] = s.id;
    stack_verdict now{.kind = said.kind.kind,
                      .reason = std::move(said.kind.reason),
                      .evidence = std::move(said.kind.evidence),
                      .live = id_of(said.live),
                      .below = id_of(said.below),
                      .rolled_back_by = s.was.rolled_back_by,  // replaced at the end of the run
                      .is_change = said.is_change,
                      .covers_since = said.covers_since};
    if (now != s.was || touched_.positions.contains(s.at())) {
      suspects_.insert(s.id);
      if (s.was.kind == deployment_kind::rollback) suspects_.insert(s.was.live);
      if (now.kind == deployment_kind::rollback) suspects_.insert(now.live);  // its identities may differ now
      last_difference_ = *s.told().finished_at;
      since_difference_ = 0;
    } else {
      ++since_difference_;
    }
    last_ = s.at();
    run_.push_back({s.fresh, std::move(s.id), std::move(s.was), std::move(now)});
    return true;
  }

  // Nothing after this point can differ if the levels of the stack that a rollback can still return to are the same as
  // before, and no rule looks back at a change.
  bool is_settled(const live_stack& stack) {
    if (since_difference_ == 0 || (since_difference_ > always && since_difference_ % now_and_then != 0)) return false;
    const auto now = last_.finished_at;
    if (now - last_difference_ <= settings_.rules.longest_within()) return false;
    const auto& levels = stack.levels();
    const auto is_suspect = [&](std::size_t level) { return suspects_.contains(id_of(levels[level].actor)); };
    // the suspect that was found last is checked first, so that a deep stack is not searched down to it each time
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
      for (const auto& e : stack.levels()) standing.insert(id_of(e.actor));
    for (const auto& s : run_) ran.insert(s.id);
    // An element that is still on the stack at the end of the run keeps its stored rollback if that comes later. A
    // suspect is out of reach by then, so no later deployment rolls it back.
    const auto popper_of = [&](const std::string& id, const std::string& stored) {
      if (const auto popped = popper_.find(id); popped != popper_.end()) return popped->second;
      const bool as_before = standing.contains(id) && !suspects_.contains(id);
      return as_before && !ran.contains(stored) && !touched_.ids.contains(stored) ? stored : std::string();
    };
    for (auto& [fresh, id, was, now] : run_) {
      now.rolled_back_by = now.is_change ? popper_of(id, was.rolled_back_by) : std::string();
      if (fresh) {
        fresh->verdict = std::move(now);
        out_.fresh.push_back(std::move(id));
      } else if (now != was) {
        out_.verdicts[id] = std::move(now);
        out_.earlier_verdicts.emplace(std::move(id), std::move(was));
      }
    }
    for (auto& s : start_.levels) {
      auto popper = s.was.is_change ? popper_of(s.id, s.was.rolled_back_by) : std::string();
      if (popper == s.was.rolled_back_by) continue;
      out_.poppers[s.id] = std::move(popper);
      out_.earlier_verdicts.emplace(std::move(s.id), std::move(s.was));
    }
  }

  derivation& step_;
  const stack_settings& settings_;
  stack_run& start_;
  const touched_place& touched_;
  stack_changes& out_;
  std::map<stack_position, std::string>::const_iterator next_fresh_;
  std::set<std::string> suspects_;  ///< ids of elements that may differ from before, and of deleted rows
  stack_position last_ = {};
  std::deque<judged> run_;
  std::map<std::string, std::string> popper_;
  timestamp last_difference_{};
  std::size_t since_difference_ = 0;
  std::size_t held_by_ = 0;  ///< the level of the last suspect found
};

}

std::optional<stack_run> resume_stack(derivation& step, stack_run& start, const touched_place& touched,
                                      stack_changes& out) {
  return resumed_stack(step, start, touched, out).run();
}

}
