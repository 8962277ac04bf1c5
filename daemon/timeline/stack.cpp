#include "daemon/timeline/stack.hpp"

#include <algorithm>

#include "collectors/words.hpp"

namespace releasehealth {

identity identity_of(const deployment& d) {
  return d.what.is_known() ? d.what : identity{.commit = d.commit, .version = d.version};
}

bool element::is(const identity& i) const { return std::ranges::find(answers_to, i) != answers_to.end(); }

live_stack::live_stack(const stack_settings& settings, std::vector<element> levels)
    : settings_(settings), levels_(std::move(levels)) {}

// An element is no longer a rollback target once the one above it has been covering it for longer than the look-back.
// This is final: whatever replaces the covering change (an unmeasured base) inherits its time.
bool live_stack::in_reach(std::size_t level, timestamp now) const {
  return level + 1 == levels_.size() || now - levels_[level + 1].covers_since <= settings_.rollback_lookback;
}

void level_index::add(std::size_t level, const identity& name) {
  for (const auto& key : name.keys())
    if (auto& positions = by_name_[key]; positions.empty() || positions.back() != level) positions.push_back(level);
}

void level_index::remove(std::size_t level, const std::vector<identity>& names) {
  for (const auto& name : names)
    for (const auto& key : name.keys())
      if (const auto known = by_name_.find(key); known != by_name_.end() && known->second.back() == level) {
        known->second.pop_back();
        if (known->second.empty()) by_name_.erase(known);
      }
}

std::optional<std::size_t> level_index::nearest(const identity& wanted, std::size_t below,
                                                const std::vector<element>& levels) const {
  std::optional<std::size_t> highest;
  for (const auto& key : wanted.keys()) {
    const auto known = by_name_.find(key);
    if (known == by_name_.end()) continue;
    const auto& positions = known->second;
    for (auto level = std::ranges::lower_bound(positions, below); level != positions.begin();) {
      --level;
      if (highest && *level <= *highest) break;
      if (levels[*level].is(wanted)) highest = *level;
    }
  }
  return highest;
}

std::optional<std::size_t> live_stack::nearest(const identity& wanted, std::size_t below, timestamp now) {
  constexpr std::size_t few = 16;
  if (!index_ && ++searches_ > few) {
    index_.emplace();
    for (std::size_t level = 0; level < levels_.size(); ++level)
      for (const auto& name : levels_[level].answers_to) index_->add(level, name);
  }
  if (index_) {
    const auto found = index_->nearest(wanted, below, levels_);
    return found && in_reach(*found, now) ? found : std::nullopt;  // elements below were covered earlier
  }
  for (std::size_t level = below; level-- > 0;) {
    if (!in_reach(level, now)) return {};  // elements below were covered even earlier
    if (levels_[level].is(wanted)) return level;
  }
  return {};
}

void live_stack::push(element e) {
  if (index_)
    for (const auto& name : e.answers_to) index_->add(levels_.size(), name);
  levels_.push_back(std::move(e));
}

element live_stack::pop() {
  auto top = std::move(levels_.back());
  levels_.pop_back();
  if (index_) index_->remove(levels_.size(), top.answers_to);
  return top;
}

decision live_stack::decide(const deployment& d) {
  const auto me = identity_of(d);
  if (const auto kind = parse_word<deployment_kind>(text_at(d.overrides, "/kind")))
    return {*kind,
            spell(kind_reason::override_by, text_at(d.overrides, "/by") + ": " + text_at(d.overrides, "/reason"))};
  if (!levels_.empty() && levels_.back().is(me)) return {deployment_kind::redeploy, spell(kind_reason::same_as_live)};
  if (const auto kind = parse_word<deployment_kind>(text_at(d.facts, "/kind")))
    return {*kind, spell(kind_reason::explicit_kind)};
  if (!levels_.empty() && nearest(me, levels_.size() - 1, *d.finished_at))
    return {deployment_kind::rollback, spell(kind_reason::same_as_before)};
  return decide_by_rules(settings_.rules, d, line_released_at(d));
}

// The sender's value takes precedence, since the sender may know releases that are reported later. Otherwise the next
// lower version of the line among the changes that went live within the longest `within` of all rules. Rollbacks are
// not releases (figures.md §23.4).
std::optional<timestamp> live_stack::line_released_at(const deployment& d) const {
  const auto longest = settings_.rules.longest_within();
  if (longest == duration{0}) return {};
  if (const auto told = time_at(d.facts, "/line_released_at")) return told;
  const auto version = parse_version(d.version);
  const auto line = version ? lines_.find(version->line()) : lines_.end();
  if (line == lines_.end()) return {};
  for (auto lower = line->second.lower_bound(version->within_line()); lower != line->second.begin();)
    if ((--lower)->second >= *d.finished_at - longest) return lower->second;
  return {};
}

void live_stack::roll_back(const deployment& rollback, verdict& v) {
  const auto me = identity_of(rollback);
  const auto now = *rollback.finished_at;
  auto target = nearest(me, levels_.size(), now);
  const bool is_unnamed = !target && levels_.size() > 1 && in_reach(levels_.size() - 2, now);
  if (is_unnamed) target = levels_.size() - 2;
  const std::size_t keep = target ? *target + 1 : levels_.empty() ? 0 : levels_.size() - 1;
  auto covers_since = now;
  while (levels_.size() > keep) {
    const auto popped = pop();
    if (popped.is_change) v.rolled_back.push_back(popped.actor);
    covers_since = popped.covers_since;
  }
  if (is_unnamed) {
    levels_.back().answers_to.push_back(me);
    if (index_) index_->add(levels_.size() - 1, me);
  }
  if (target) return;
  v.below = levels_.empty() ? std::nullopt : std::optional(levels_.back().actor);
  v.covers_since = covers_since;
  push({rollback.thing, false, covers_since, {me}});
}

verdict live_stack::apply(const deployment& d) {
  verdict v;
  v.kind = decide(d);
  if (v.kind.kind == deployment_kind::rollback) {
    roll_back(d, v);
  } else if (v.kind.kind != deployment_kind::redeploy) {
    v.is_change = true;
    if (!levels_.empty()) v.below = levels_.back().actor;
    v.covers_since = d.finished_at;
    push({d.thing, true, *d.finished_at, {identity_of(d)}});
    if (const auto version = parse_version(d.version)) know_release(*version, *d.finished_at);
  }
  if (!levels_.empty()) v.live = levels_.back().actor;
  return v;
}

void order_deployments(std::vector<deployment>& all) {
  std::ranges::sort(all, [](const deployment& a, const deployment& b) {
    if (a.finished_at != b.finished_at) return a.finished_at < b.finished_at;
    if (const auto x = a.day_order(), y = b.day_order(); x != y) return x < y;
    return a.thing < b.thing;
  });
}

std::vector<verdict> run_stack(const std::vector<deployment>& ordered, const stack_settings& settings) {
  live_stack stack(settings);
  std::vector<verdict> all;
  all.reserve(ordered.size());
  for (const auto& d : ordered) all.push_back(stack.apply(d));
  return all;
}

}
