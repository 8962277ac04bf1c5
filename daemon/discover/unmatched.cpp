#include "daemon/discover/unmatched.hpp"

#include <algorithm>
#include <set>

#include "daemon/discover/similarity.hpp"

namespace releasehealth::discover {
namespace {

constexpr std::size_t most_compared = 1000, most_similar = 3;
constexpr double similar_enough = 0.6;

/// One side of the comparison.
struct name_side {
  std::vector<const seen_service*> services;
  std::vector<name_words> words;

  void add(const seen_service& s) {
    if (services.size() == most_compared) return;
    services.push_back(&s);
    words.push_back(words_without_environment(s.name));
  }
};

// The most similar names of the other side, the best first.
std::vector<std::string> similar_to(const name_words& words, const name_side& others, const word_weights& weights) {
  std::vector<std::pair<double, std::string>> found;
  for (std::size_t n = 0; n < others.services.size(); ++n)
    if (const auto alike = similarity(words, others.words[n], weights); alike >= similar_enough)
      found.emplace_back(-alike, others.services[n]->name);
  std::ranges::sort(found);
  if (found.size() > most_similar) found.resize(most_similar);
  std::vector<std::string> names;
  for (auto& [alike, name] : found) names.push_back(std::move(name));
  return names;
}

// Sources for which services have aliases, by source or by kind.
std::set<std::string> sources_with_lists(const naming& names,
                                         const std::map<std::string, std::string, std::less<>>& kinds) {
  std::set<std::string> listed, all;
  for (const auto& rule : names.services())
    for (const auto& a : rule.aliases) listed.insert(a.source);
  for (const auto& [source, kind] : kinds)
    if (listed.contains(source) || listed.contains(kind)) all.insert(source);
  return all;
}

}

std::vector<unmatched_name> find_unmatched(std::span<const seen_service> all, const naming& names,
                                           const std::map<std::string, std::string, std::less<>>& kinds) {
  name_side with_incidents, deployed;
  std::vector<std::string> spelled;
  for (const auto& s : all) {
    spelled.push_back(s.name);
    if (!s.reporting.empty() && !s.has_deployments) with_incidents.add(s);
    if (s.has_deployments && s.reporting.empty()) deployed.add(s);
  }
  const word_weights weights(spelled);
  const auto listed = sources_with_lists(names, kinds);
  std::vector<unmatched_name> found;
  for (std::size_t n = 0; n < with_incidents.services.size(); ++n) {
    const auto& s = *with_incidents.services[n];
    found.push_back({s.name, s.reporting, true, similar_to(with_incidents.words[n], deployed, weights)});
  }
  for (std::size_t n = 0; n < deployed.services.size(); ++n) {
    const auto& s = *deployed.services[n];
    auto similar = similar_to(deployed.words[n], with_incidents, weights);
    const bool is_left_out =
        !names.configures_service(s.name) &&
        std::ranges::any_of(s.deploying, [&](const auto& source) { return listed.contains(source); });
    if (!similar.empty() || is_left_out) found.push_back({s.name, s.deploying, false, std::move(similar)});
  }
  std::ranges::sort(found, {}, &unmatched_name::name);
  return found;
}

std::map<std::string, double> count_unmatched(std::span<const unmatched_name> all,
                                              std::span<const std::string> sources) {
  std::map<std::string, double> counts;
  for (const auto& source : sources) counts[source] = 0;
  for (const auto& one : all)
    for (const auto& source : one.sources) ++counts[source];
  return counts;
}

}
