#include "daemon/timeline/stack.hpp"

#include <algorithm>

namespace releasehealth {
namespace {

bool is_hex(std::string_view text) { return text.find_first_not_of("0123456789abcdefABCDEF") == text.npos; }

deployment_key key_of(const deployment& d) { return {d.source, d.subject}; }

}

bool same_commit(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  if (a.size() != b.size() && !(a.size() >= 7 && is_hex(a) && is_hex(b))) return false;
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; };
  return std::ranges::equal(a, b.substr(0, a.size()), {}, lower, lower);
}

bool identity::operator==(const identity& other) const {
  if (!commit.empty() && !other.commit.empty()) return same_commit(commit, other.commit);
  return !version.empty() && version == other.version;
}

identity identity_of(const deployment& d) { return {d.commit, d.version}; }

bool element::is(const identity& i) const { return std::ranges::find(answers_to, i) != answers_to.end(); }

live_stack::live_stack(const stack_settings& settings, std::vector<element> levels)
    : settings_(settings), levels_(std::move(levels)) {}

// An element is no target once what covers it was covered for longer than the look-back. That stays so: what took the
// place of the change that covered it (an unmeasured base) inherits the time.
bool live_stack::in_reach(std::size_t level, timestamp now) const {
  return level + 1 == levels_.size() || now - levels_[level + 1].covers_since <= settings_.rollback_lookback;
}

std::optional<std::size_t> live_stack::nearest(const identity& wanted, std::size_t below, timestamp now) const {
  for (std::size_t level = below; level-- > 0;) {
    if (!in_reach(level, now)) return {};  // and none below it either: those were covered earlier
    if (levels_[level].is(wanted)) return level;
  }
  return {};
}

decision live_stack::decide(const deployment& d) const {
  const auto me = identity_of(d);
  if (const auto kind = text_at(d.overrides, "/kind"); !kind.empty())
    return {kind, "override by " + text_at(d.overrides, "/by") + ": " + text_at(d.overrides, "/reason")};
  if (!levels_.empty() && levels_.back().is(me)) return {"redeploy", "identity of what is live"};
  if (const auto kind = text_at(d.facts, "/kind"); !kind.empty()) return {kind, "explicit kind"};
  if (!levels_.empty() && nearest(me, levels_.size() - 1, *d.finished_at))
    return {"rollback", "identity of what was live before"};
  const auto version = parse_version(d.version);
  const auto line = version ? lines_.find(version->line()) : lines_.end();
  return decide_by_rules(settings_.rules, d, line == lines_.end() ? std::nullopt : std::optional(line->second));
}

void live_stack::roll_back(const deployment& by, verdict& v) {
  const auto me = identity_of(by);
  const auto now = *by.finished_at;
  auto target = nearest(me, levels_.size(), now);
  if (!target && levels_.size() > 1 && in_reach(levels_.size() - 2, now)) {
    target = levels_.size() - 2;
    levels_[*target].answers_to.push_back(me);
  }
  const std::size_t keep = target ? *target + 1 : levels_.empty() ? 0 : levels_.size() - 1;
  auto covers_since = now;
  for (; levels_.size() > keep; levels_.pop_back()) {
    if (levels_.back().is_change) v.rolled_back.push_back(levels_.back().by);
    covers_since = levels_.back().covers_since;
  }
  if (target) return;
  v.below = levels_.empty() ? std::nullopt : std::optional(levels_.back().by);
  v.covers_since = covers_since;
  levels_.push_back({key_of(by), false, covers_since, {me}});
}

verdict live_stack::apply(const deployment& d) {
  verdict v;
  v.kind = decide(d);
  if (v.kind.kind == "rollback") {
    roll_back(d, v);
  } else if (v.kind.kind != "redeploy") {
    v.is_change = true;
    if (!levels_.empty()) v.below = levels_.back().by;
    v.covers_since = d.finished_at;
    levels_.push_back({key_of(d), true, *d.finished_at, {identity_of(d)}});
    if (const auto version = parse_version(d.version)) lines_[version->line()] = *d.finished_at;
  }
  if (!levels_.empty()) v.live = levels_.back().by;
  return v;
}

void order_deployments(std::vector<deployment>& all) {
  std::ranges::sort(all, [](const deployment& a, const deployment& b) {
    if (a.finished_at != b.finished_at) return a.finished_at < b.finished_at;
    if (a.source != b.source) return a.source < b.source;
    return a.subject < b.subject;
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
