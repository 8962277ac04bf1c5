#include "daemon/discover/names.hpp"

#include <algorithm>

#include "collectors/base/nearest.hpp"
#include "collectors/base/text.hpp"
#include "collectors/collector.hpp"
#include "daemon/discover/similarity.hpp"
#include "daemon/discover/told_name.hpp"
#include "daemon/timeline/repository.hpp"

namespace releasehealth::discover {
namespace {

constexpr std::size_t max_names = 1000, max_remarks = 100;
constexpr double nearly_same = 0.98;  // the names differ only in the environment

/// A service that a name may refer to.
struct candidate {
  std::string name;
  std::vector<name_words> spellings = {};
  std::vector<const told_name*> names = {};
  happenings events = {};
};

class name_matcher {
 public:
  name_matcher(const std::vector<reported_name>& names, const std::vector<reported_thing>& things,
               const configured_names& known, proposals& all)
      : known_(known), proposed_(all), rules_(with_proposals(known, all)) {
    for (const auto& n : names)
      naming::each_name(n.fields, [&](const std::string&, const json::object& one) { add_name(n, one); });
    for (const auto& t : things)
      naming::each_name(t.fields, [&](const std::string&, const json::object& one) {
        if (const auto known_name = told_.find(key_of(t.source, one)); known_name != told_.end())
          known_name->second.events.add(t);
      });
    for (auto& [key, name] : told_) {
      name.events.sort();
      auto& group = groups_[rules_.service(name.source, name.fields, {})];
      group.names.push_back(&name);
      group.deployments += name.deployments;
      group.incidents += name.incidents;
      group.events.add(name.events);
    }
    for (auto& [resolved, group] : groups_) {
      group.resolved = resolved;
      group.events.sort();
    }
    groups_.erase("");  // names shared by several services
  }

  void propose() {
    std::vector<std::string> spelled;
    for (const auto& rule : rules_.services()) add_candidate(rule, spelled);
    std::vector<const name_group*> unknown;
    for (const auto& [resolved, group] : groups_)
      if (!rules_.configures_service(resolved)) {
        unknown.push_back(&group);
        spelled.push_back(group.names.front()->labels.front());
      }
    weights_ = word_weights(spelled);
    std::ranges::stable_sort(unknown, [](const name_group* a, const name_group* b) {
      return std::tuple(a->deployments == 0, !a->has_repository(), -(a->deployments + a->incidents)) <
             std::tuple(b->deployments == 0, !b->has_repository(), -(b->deployments + b->incidents));
    });
    if (unknown.size() > max_names) {
      remark(std::to_string(unknown.size() - max_names) + " names with fewer events were skipped");
      unknown.resize(max_names);
    }
    for (const auto* group : unknown) place_group(*group);
  }

  std::vector<std::string> remarks() const {
    auto all = remarks_;
    if (all.size() > max_remarks) {
      all.resize(max_remarks);
      all.push_back(std::to_string(remarks_.size() - max_remarks) + " more names without a service");
    }
    return all;
  }

 private:
  void add_name(const reported_name& reported, const json::object& fields) {
    told_name name{reported.source, naming::alias_text(fields), fields, labels_of(fields)};
    if (name.text.empty()) return;
    if (name.labels.empty()) name.labels.push_back(name.text);
    const auto repository = text_at(fields, "/repository");
    name.is_repository = !repository.empty() && repository == text_at(fields, "/service");
    auto& known_name = told_.try_emplace(key_of(reported.source, fields), std::move(name)).first->second;
    known_name.deployments += reported.deployments;
    known_name.incidents += reported.incidents;
  }

  void add_candidate(const service_rule& rule, std::vector<std::string>& spelled) {
    std::vector<std::string> labels = {rule.name};
    for (const auto& a : rule.aliases)
      if (!a.is_shared) labels.push_back(last_part(a.name));
    for (const auto& one : rule.repositories) labels.push_back(last_part(one));
    candidate c{rule.name};
    add_spellings(c.spellings, labels);
    if (const auto group = groups_.find(rule.name); group != groups_.end()) {
      c.names.assign(group->second.names.begin(), group->second.names.end());
      c.events = group->second.events;
    }
    spelled.push_back(rule.name);
    candidates_.push_back(std::move(c));
  }

  // Different repositories are different services, and a source does not use two names for a service that differ in
  // more than the environment.
  static bool contradicts(const candidate& c, const name_group& group) {
    for (const auto* mine : group.names)
      for (const auto* theirs : c.names)
        if (mine->source == theirs->source && mine->deployments > 0 && theirs->deployments > 0 &&
            (mine->is_repository || theirs->is_repository ||
             words_without_environment(mine->labels.front()) != words_without_environment(theirs->labels.front())))
          return true;
    return false;
  }

  void place_group(const name_group& group) {
    if (const auto same = std::ranges::find(candidates_, group.resolved, &candidate::name); same != candidates_.end())
      return add_to(*same, group, {.alike = 1});
    const auto spellings = group.spellings(), stripped = group.spellings_without_environment();
    candidate *best = nullptr, *second = nullptr;
    evidence of_best, of_second;
    for (auto& c : candidates_) {
      if (group.deployments > 0 && contradicts(c, group)) continue;
      auto found = compare(group.events, c.events);
      found.alike = std::max(similarity(spellings, c.spellings, weights_),
                             nearly_same * similarity(stripped, c.spellings, weights_));
      if (!best || found.score() > of_best.score()) {
        second = std::exchange(best, &c);
        of_second = std::exchange(of_best, found);
      } else if (!second || found.score() > of_second.score()) {
        second = &c;
        of_second = found;
      }
    }
    const bool fits = best && of_best.score() >= least_score;
    const bool is_same = (of_best.alike == 1 && of_second.alike < 1) ||
                         (of_best.alike >= nearly_same && of_second.alike < nearly_same - 0.01);
    const bool is_alone = !second || is_same || of_best.score() - of_second.score() >= least_margin;
    if (fits && is_alone) return add_to(*best, group, of_best);
    if (group.deployments > 0) return add_service(group);
    const auto what = described(group) + ", " + std::to_string(group.incidents) + " incidents, no deployment: ";
    if (fits)
      remark(what + in_quotes(best->name) + " and " + in_quotes(second->name) + " match equally well");
    else
      remark(what + "no similar service");
  }

  static std::string described(const name_group& group) {
    return in_quotes(group.names.front()->labels.front()) + " of " + group.names.front()->source;
  }

  void remark(std::string what) { remarks_.push_back(std::move(what)); }

  // The key for an alias: the source if it is a known name or kind, else any_source.
  std::string alias_source(const std::string& source) const {
    return known_.kinds.contains(source) || find_collector(source) ? source : std::string(any_source);
  }

  void add_to(candidate& c, const name_group& group, const evidence& why) {
    auto& p = proposal_of(proposed_, c.name);
    for (const auto* name : group.names) {
      add_alias(p, *name, why.in_words(c.name), true);
      c.names.push_back(name);
      add_spellings(c.spellings, name->labels);
    }
    c.events.add(group.events);
    c.events.sort();
  }

  void add_alias(proposed_service& p, const told_name& name, const std::string& why, bool is_guess) const {
    const auto source = alias_source(name.source);
    const bool is_there = std::ranges::any_of(p.aliases, [&](const proposed_alias& a) {
      return a.source == source && equal_ignoring_case(a.name, name.text);
    });
    if (is_there || name.text == p.name.value) return;
    const auto& label = name.labels.front();
    auto said = label == name.text || name.text.ends_with('/' + label) ? why : in_quotes(label) + ": " + why;
    p.aliases.push_back({source, name.text, false, std::move(said), is_guess});
  }

  // Whether there is another group with that name which a source distinguishes from this one.
  bool is_another(const std::string& name, const name_group& group) const {
    const auto other = groups_.find(name);
    if (other == groups_.end()) return false;
    candidate c{.name = name};
    c.names.assign(other->second.names.begin(), other->second.names.end());
    return contradicts(c, group);
  }

  void add_service(const name_group& group) {
    const bool is_path = group.has_repository();
    auto name = is_path ? last_part(group.resolved) : without_environment(group.resolved);
    const bool is_taken =
        std::ranges::any_of(candidates_, [&](const candidate& c) { return equal_ignoring_case(c.name, name); }) ||
        (name != group.resolved && is_another(name, group));
    if (is_taken) name = group.resolved;
    const auto counted = std::to_string(group.deployments) + (group.deployments == 1 ? " deployment" : " deployments") +
                         " reported by " + group.names.front()->source;
    proposed_service p{.name = {name, counted, false}};
    candidate c{.name = name, .spellings = group.spellings(), .events = group.events};
    add_spellings(c.spellings, {name});
    for (const auto* told : group.names) {
      add_alias(p, *told, "name in its deployments", name != group.resolved && name != last_part(group.resolved));
      c.names.push_back(told);
      const auto repository = text_at(told->fields, "/repository");
      if (is_path && p.repositories.empty() && !repository.empty())
        p.repositories.push_back({repository, "repository of its deployments"});
    }
    proposed_.services.push_back(std::move(p));
    candidates_.push_back(std::move(c));
  }

  const configured_names& known_;
  proposals& proposed_;
  naming rules_;
  std::map<std::string, told_name> told_;
  std::map<std::string, name_group, std::less<>> groups_;
  std::vector<candidate> candidates_;
  word_weights weights_;
  std::vector<std::string> remarks_;
};

std::size_t size_of(const proposals& all) {
  std::size_t size = all.services.size();
  for (const auto& s : all.services) size += s.aliases.size();
  return size;
}

}

void propose_from_names(const std::vector<reported_name>& names, const std::vector<reported_thing>& things,
                        const configured_names& known, proposals& all) {
  // A matched name adds evidence about its service, so matching is repeated until nothing changes. If all proposals are
  // accepted, the next run then proposes nothing.
  constexpr int max_rounds = 20;
  std::vector<std::string> remarks;
  auto previous = size_of(all);
  for (int round = 0; round < max_rounds; ++round) {
    name_matcher matcher(names, things, known, all);
    matcher.propose();
    remarks = matcher.remarks();
    if (const auto now = size_of(all); std::exchange(previous, now) == now) break;
  }
  all.remarks.insert(all.remarks.end(), remarks.begin(), remarks.end());
}

}
