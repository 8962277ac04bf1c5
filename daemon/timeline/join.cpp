#include "daemon/timeline/join.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

#include "collectors/base/text.hpp"
#include "collectors/facts.hpp"
#include "collectors/fields.hpp"

namespace releasehealth {
namespace {

/// A link from one incident to another, with its evidence.
struct link {
  std::size_t other = 0;
  std::string evidence;
};

duration apart(timestamp a, timestamp b) { return a < b ? b - a : a - b; }

bool is_open_near(const nameable& known, timestamp instant) {
  return apart(known.started_at, instant) <= join_window || std::ranges::any_of(known.stretches, [&](const stretch& s) {
           return s.from <= instant + join_window && (!s.until || *s.until >= instant - join_window);
         });
}

class joining {
 public:
  joining(std::span<const nameable> all, const join_settings& settings) : all_(all), settings_(settings) {
    for (std::size_t n = 0; n < all.size(); ++n) {
      ranks_.push_back({!all[n].is_let_in, settings.rank(all[n].thing.source)});
      if (!may_join(all[n])) continue;
      for (const auto& name : all[n].names) by_name_[name].push_back(n);
      for (const auto& key : all[n].keys) by_key_[key].push_back(n);
    }
    links_.resize(all.size());
    for (std::size_t n = 0; n < all.size(); ++n)
      if (may_join(all[n])) find_links(n);
  }

  std::vector<std::pair<thing_id, thing_id>> links() const {
    std::vector<std::pair<thing_id, thing_id>> all;
    for (std::size_t n = 0; n < links_.size(); ++n)
      for (const auto& joined : links_[n]) all.emplace_back(all_[n].thing, all_[joined.other].thing);
    return all;
  }
  std::vector<joined_incident> read();

 private:
  static bool may_join(const nameable& one) { return one.is_production && !one.stands_alone(); }

  // The better incident sorts first: by the rank of its source, then by its start.
  auto order(std::size_t n) const { return std::tie(ranks_[n], all_[n].started_at, all_[n].thing); }
  // Which of several candidates to follow: by rank, then the nearest in time.
  auto nearness(std::size_t other, std::size_t middle) const {
    return std::tuple(ranks_[other], apart(all_[other].started_at, all_[middle].started_at), all_[other].thing);
  }

  // Among incidents of one source that fit a name, returns the one open at that time, else the nearest. A single
  // candidate may be any time away, unless its tool reuses such names.
  const std::size_t* nearest(std::span<const std::size_t> fitting, timestamp instant, bool is_reused) const {
    if (fitting.size() == 1 && !is_reused) return &fitting.front();
    const auto distance = [&](std::size_t n) {
      return std::tuple(!open_at(all_[n].stretches, instant), apart(all_[n].started_at, instant), all_[n].thing);
    };
    const auto best = std::ranges::min_element(fitting, {}, distance);
    if (best == fitting.end() ||
        !(open_at(all_[*best].stretches, instant) || apart(all_[*best].started_at, instant) <= join_window))
      return nullptr;
    return &*best;
  }

  void add_link(std::size_t n, std::string_view name, const std::map<std::string, std::vector<std::size_t>>& index,
                bool is_reused, bool is_explicit) {
    const auto known = index.find(std::string(name));
    if (known == index.end()) return;
    std::map<std::string_view, std::vector<std::size_t>> by_source;
    for (const auto other : known->second)
      if (other != n && (is_explicit || all_[other].thing.source != all_[n].thing.source))
        by_source[all_[other].thing.source].push_back(other);
    for (const auto& [source, fitting] : by_source) {
      const auto* other = nearest(fitting, all_[n].started_at, is_reused);
      if (!other) continue;
      auto evidence = all_[n].thing.subject;
      evidence.append(is_explicit ? " is said to be the same as " : " names ").append(name);
      links_[n].push_back({*other, evidence});
      links_[*other].push_back({n, std::move(evidence)});
    }
  }

  void find_links(std::size_t n) {
    for (const auto* names : {&all_[n].links, &all_[n].same_as})
      for (const auto& name : *names) {
        const bool is_explicit = names == &all_[n].same_as;
        add_link(n, name, by_name_, false, is_explicit);
        add_link(n, name, by_key_, true, is_explicit);
      }
  }

  // An issue that names several incidents of one source is not an incident of its own: it adds its facts to each of
  // them.
  std::vector<link> about(std::size_t n) const {
    if (!settings_.trackers.contains(all_[n].thing.source)) return {};
    std::map<std::string_view, std::map<std::size_t, std::string>> by_source;
    for (const auto& [other, evidence] : links_[n])
      if (settings_.rank(all_[other].thing.source) < settings_.rank(all_[n].thing.source))
        by_source[all_[other].thing.source].emplace(other, evidence);
    for (const auto& [source, named] : by_source) {
      if (named.size() < 2) continue;
      std::vector<link> several;
      for (const auto& [other, evidence] : named) several.push_back({other, evidence});
      return several;
    }
    return {};
  }

  template <class Fits>
  const link* best_of(std::span<const link> candidates, std::size_t n, const Fits& fits) const {
    const link* best = nullptr;
    for (const auto& one : candidates)
      if (fits(one) && (!best || nearness(one.other, n) < nearness(best->other, n))) best = &one;
    return best;
  }

  // The best directly linked incident that is better than `n`.
  const link* followed(std::size_t n) const {
    return best_of(links_[n], n,
                   [&](const link& one) { return described_[one.other].empty() && order(one.other) < order(n); });
  }

  void find_leads();
  std::optional<link> led_through_a_worse_one(std::size_t n) const;

  std::span<const nameable> all_;
  const join_settings& settings_;
  std::vector<std::pair<bool, int>> ranks_;  ///< filtered-out incidents sort after all others
  std::map<std::string, std::vector<std::size_t>> by_name_, by_key_;
  std::vector<std::vector<link>> links_;
  std::vector<std::vector<link>> described_;  ///< for incidents that only add facts: those they add them to
  std::vector<const link*> follows_;          ///< null: no better incident is linked
  std::vector<link> leads_;                   ///< the lead of each incident, with the evidence that joins it
};

// The lead of a linked worse incident, if that lead is better than `n` and was open near the start of `n`. Following
// the links of the worse incident stops at the first one better than `n`, whose lead is already known.
std::optional<link> joining::led_through_a_worse_one(std::size_t n) const {
  std::vector<link> candidates;
  for (const auto& worse : links_[n]) {
    if (!described_[worse.other].empty() || order(worse.other) < order(n)) continue;
    const auto* next = follows_[worse.other];
    while (next && next->other != n && order(n) < order(next->other)) next = follows_[next->other];
    if (!next || next->other == n) continue;
    const auto lead = leads_[next->other].other;
    const bool is_of_own_source = all_[lead].thing.source == all_[n].thing.source;
    if (!is_of_own_source && order(lead) < order(n) && is_open_near(all_[lead], all_[n].started_at))
      candidates.push_back({lead, worse.evidence});
  }
  const auto* best = best_of(candidates, n, [](const link&) { return true; });
  return best ? std::optional(*best) : std::nullopt;
}

void joining::find_leads() {
  described_.resize(all_.size());
  for (std::size_t n = 0; n < all_.size(); ++n) described_[n] = about(n);
  std::vector<std::size_t> best_first(all_.size());
  for (std::size_t n = 0; n < all_.size(); ++n) {
    best_first[n] = n;
    follows_.push_back(described_[n].empty() ? followed(n) : nullptr);
    leads_.push_back({n, ""});
  }
  std::ranges::sort(best_first, {}, [&](std::size_t n) { return order(n); });
  for (const auto n : best_first) {
    if (!described_[n].empty()) continue;
    if (const auto* next = follows_[n])
      leads_[n] = {leads_[next->other].other, next->evidence};
    else if (auto lead = led_through_a_worse_one(n))
      leads_[n] = {leads_[lead->other].other, std::move(lead->evidence)};
  }
}

std::vector<joined_incident> joining::read() {
  find_leads();
  std::map<std::size_t, std::vector<std::size_t>> members;
  for (std::size_t n = 0; n < all_.size(); ++n)
    if (described_[n].empty()) members[leads_[n].other].push_back(n);
  std::map<std::size_t, std::map<std::size_t, std::string>>
      added;  // by lead: the incidents that add facts, with their evidence
  for (std::size_t n = 0; n < all_.size(); ++n)
    for (const auto& [other, evidence] : described_[n]) added[leads_[other].other].emplace(n, evidence);
  std::vector<joined_incident> joined;
  for (auto& [lead, of_it] : members) {
    if (!all_[lead].is_let_in) continue;
    std::ranges::sort(of_it, {}, [&, lead = lead](std::size_t n) { return std::tuple(n != lead, order(n)); });
    joined_incident j;
    const auto first = std::ranges::min_element(
        of_it, {}, [&](std::size_t n) { return std::tie(all_[n].received_at, all_[n].thing); });
    j.thing = all_[*first].thing;
    for (const auto n : of_it) j.members.push_back({all_[n].thing, leads_[n].evidence, false});
    for (const auto& [n, evidence] : added[lead]) j.members.push_back({all_[n].thing, evidence, true});
    joined.push_back(std::move(j));
  }
  return joined;
}

std::vector<std::string> keys_in(const json::object& facts, std::string_view field) {
  std::vector<std::string> all;
  const auto* value = facts.if_contains(field);
  const auto add = [&](const json::value& one) {
    if (!one.is_string()) return;
    for (auto& key : url_names(std::string_view(one.get_string())))
      if (std::ranges::find(all, key) == all.end()) all.push_back(std::move(key));
  };
  if (value && value->is_array())
    for (const auto& one : value->get_array()) add(one);
  else if (value)
    add(*value);
  return all;
}

}

int join_settings::rank(std::string_view source) const {
  const auto known = ranks.find(source);
  return known == ranks.end() ? std::numeric_limits<int>::max() : known->second;
}

bool nameable::stands_alone() const { return std::ranges::find(same_as, joins_none) != same_as.end(); }

nameable names_of(const incident& i, timestamp received_at, const naming& names, const join_settings& settings) {
  nameable n{.thing = i.thing,
             .url = text_at(i.facts, "/url"),
             .started_at = i.started_at,
             .received_at = received_at,
             .stretches = i.stretches,
             .is_production = i.environment.empty() || names.is_production(i.environment),
             .names = {lower_case(i.thing.subject)},
             .keys = keys_in(i.facts, "keys"),
             .links = keys_in(i.facts, "links"),
             .same_as = keys_in(i.facts, "same_as")};
  auto& pages = settings.monitors.contains(i.thing.source) ? n.keys : n.names;
  if (const auto all = url_names(n.url); !all.empty() && all.back() != n.names.front()) pages.push_back(all.back());
  for (auto& name : keys_in(i.facts, "names"))
    if (std::ranges::find(n.names, name) == n.names.end()) n.names.push_back(std::move(name));
  std::erase_if(n.stretches,
                [](const stretch& s) { return s.until == s.from; });  // the database stores no empty stretches
  return n;
}

std::vector<std::pair<thing_id, thing_id>> linked_incidents(std::span<const nameable> all,
                                                            const join_settings& settings) {
  return joining(all, settings).links();
}

std::vector<joined_incident> join_incidents(std::span<const nameable> all, const join_settings& settings) {
  return joining(all, settings).read();
}

}
