#include "daemon/timeline/stack.hpp"

#include <algorithm>
#include <limits>

namespace releasehealth {
namespace {

struct identity {
  std::string commit, version;
  bool operator==(const identity& other) const { return same_identity(commit, version, other.commit, other.version); }
};

identity identity_of(const deployment& d) { return {d.commit, d.version}; }

constexpr std::size_t base = std::numeric_limits<std::size_t>::max();

/// One level: a change, or the unmeasured base. It answers to its own identity and to those of rollbacks that
/// returned to it without naming it.
struct element {
  std::size_t change;  ///< index into the ordered deployments, or `base`
  std::vector<identity> answers_to;
  bool is(const identity& i) const { return std::ranges::find(answers_to, i) != answers_to.end(); }
};

class live_stack {
 public:
  live_stack(const std::vector<deployment>& ordered, const stack_settings& settings)
      : ordered_(ordered), settings_(settings), verdicts_(ordered.size()) {}

  std::vector<verdict> run() && {
    for (std::size_t i = 0; i < ordered_.size(); ++i) apply(i);
    return std::move(verdicts_);
  }

 private:
  // An element is no target once the change that covers it finished more than the look-back before.
  bool may_be_target(std::size_t level, timestamp now) const {
    if (level + 1 == stack_.size()) return true;
    const auto covering = stack_[level + 1].change;
    return covering == base || now - *ordered_[covering].finished_at <= settings_.rollback_lookback;
  }

  std::optional<std::size_t> nearest(const identity& wanted, std::size_t levels, timestamp now) const {
    for (std::size_t level = levels; level-- > 0;) {
      if (!may_be_target(level, now)) return {};  // and none below it either: those were covered earlier
      if (stack_[level].is(wanted)) return level;
    }
    return {};
  }

  decision decide(const deployment& d) const {
    const auto me = identity_of(d);
    if (const auto kind = text_at(d.overrides, "/kind"); !kind.empty())
      return {kind, "override by " + text_at(d.overrides, "/by") + ": " + text_at(d.overrides, "/reason")};
    if (!stack_.empty() && stack_.back().is(me)) return {"redeploy", "identity of what is live"};
    if (const auto kind = text_at(d.facts, "/kind"); !kind.empty()) return {kind, "explicit kind"};
    if (!stack_.empty() && nearest(me, stack_.size() - 1, *d.finished_at))
      return {"rollback", "identity of what was live before"};
    return decide_by_rules(settings_.rules, d, line_released_at(d));
  }

  std::optional<timestamp> line_released_at(const deployment& d) const {
    const auto v = parse_version(d.version);
    const auto known = v ? lines_.find(v->line()) : lines_.end();
    return known == lines_.end() ? std::nullopt : std::optional(known->second);
  }

  void roll_back(std::size_t by) {
    const auto& d = ordered_[by];
    const auto me = identity_of(d);
    auto target = nearest(me, stack_.size(), *d.finished_at);
    if (!target && stack_.size() > 1 && may_be_target(stack_.size() - 2, *d.finished_at)) {
      target = stack_.size() - 2;
      stack_[*target].answers_to.push_back(me);
    }
    const std::size_t keep = target ? *target + 1 : stack_.empty() ? 0 : stack_.size() - 1;
    while (stack_.size() > keep) {
      if (const auto popped = stack_.back().change; popped != base) verdicts_[popped].rolled_back_by = key(by);
      stack_.pop_back();
    }
    if (!target) stack_.push_back({base, {me}});
  }

  void apply(std::size_t i) {
    const auto& d = ordered_[i];
    auto& v = verdicts_[i];
    v.kind = decide(d);
    if (v.kind.kind == "rollback") {
      roll_back(i);
    } else if (v.kind.kind != "redeploy") {
      v.is_change = true;
      v.below = live();
      stack_.push_back({i, {identity_of(d)}});
      if (const auto n = parse_version(d.version)) lines_[n->line()] = *d.finished_at;
    }
    v.live = live();
  }

  std::optional<deployment_key> live() const {
    if (stack_.empty() || stack_.back().change == base) return {};
    return key(stack_.back().change);
  }
  deployment_key key(std::size_t i) const { return {ordered_[i].source, ordered_[i].subject}; }

  const std::vector<deployment>& ordered_;
  const stack_settings& settings_;
  std::vector<verdict> verdicts_;
  std::vector<element> stack_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, timestamp> lines_;  ///< when each line's last change finished
};

bool is_hex(std::string_view text) { return text.find_first_not_of("0123456789abcdefABCDEF") == text.npos; }

bool same_commit(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  if (a.size() != b.size() && !(a.size() >= 7 && is_hex(a) && is_hex(b))) return false;
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; };
  return std::ranges::equal(a, b.substr(0, a.size()), {}, lower, lower);
}

}

bool same_identity(std::string_view commit_a, std::string_view version_a, std::string_view commit_b,
                   std::string_view version_b) {
  if (!commit_a.empty() && !commit_b.empty()) return same_commit(commit_a, commit_b);
  return !version_a.empty() && version_a == version_b;
}

void order_deployments(std::vector<deployment>& all) {
  std::ranges::sort(all, [](const deployment& a, const deployment& b) {
    if (a.finished_at != b.finished_at) return a.finished_at < b.finished_at;
    if (a.source != b.source) return a.source < b.source;
    return a.subject < b.subject;
  });
}

std::vector<verdict> run_stack(const std::vector<deployment>& ordered, const stack_settings& settings) {
  return live_stack(ordered, settings).run();
}

}
