#include "daemon/discover/repositories.hpp"

#include <algorithm>

#include "collectors/base/text.hpp"
#include "daemon/discover/told_name.hpp"
#include "daemon/timeline/repository.hpp"
#include "daemon/timeline/resolution.hpp"

namespace releasehealth::discover {
namespace {

/// One side of a comparison: a service or a repository.
struct side {
  std::string name;  ///< as reported
  std::vector<name_words> spellings = {};
  happenings events = {};
};

/// A service, a similar repository, and the evidence.
struct fit {
  const side *service, *repository;
  evidence why;
};

class repository_matcher {
 public:
  repository_matcher(const std::vector<reported_tag>& tags, const std::vector<reported_name>& names,
                     const std::vector<reported_thing>& things, const configured_names& known, const proposals& all)
      : rules_(with_proposals(known, all)) {
    find_taken(names);
    add_services(names, things);
    add_repositories(tags);
    std::vector<std::string> spelled;
    for (const auto& [name, service] : services_) spelled.push_back(name);
    for (const auto& [key, repository] : repositories_) spelled.push_back(last_part(repository.name));
    weights_ = word_weights(spelled);
  }

  /// The best match of each service, if it is unambiguous. If several services match one repository, the highest score
  /// wins.
  std::vector<fit> matches() const {
    std::vector<fit> all;
    for (const auto& [name, service] : services_) {
      auto fits = fits_of(service);
      const bool is_alone = fits.size() == 1 || (fits.size() > 1 && is_certain(fits[0].why, fits[1].why));
      if (is_alone) all.push_back(std::move(fits.front()));
    }
    std::ranges::stable_sort(all, std::ranges::greater(), [](const fit& f) { return f.why.score(); });
    std::set<std::string_view> given;
    std::erase_if(all, [&](const fit& f) { return !given.insert(f.repository->name).second; });
    return all;
  }

 private:
  static bool is_certain(const evidence& best, const evidence& second) {
    return (best.alike == 1 && second.alike < 1) || best.score() - second.score() >= least_margin;
  }

  // Finds repositories that already belong to services, by configuration or as named by their deployments.
  void find_taken(const std::vector<reported_name>& names) {
    for (const auto& rule : rules_.services()) {
      for (const auto& one : rule.repositories) take(one, rule.name);
      if (!rule.repository.empty()) take(repository_key(rule.repository), rule.name);
    }
    for (const auto& n : names) {
      const auto repository = repository_key(text_at(n.fields, "/repository"));
      if (n.deployments == 0 || repository.empty()) continue;
      for (const auto& [pointer, service] : rules_.services(n.source, n.fields, {})) take(repository, service);
    }
  }
  void take(const std::string& repository, const std::string& service) {
    taken_.insert(repository);
    complete_.insert(service);
  }

  void add_services(const std::vector<reported_name>& names, const std::vector<reported_thing>& things) {
    for (const auto& n : names) {
      if (n.deployments == 0) continue;
      for (const auto& [pointer, service] : rules_.services(n.source, n.fields, {})) {
        const auto* rule = rules_.rule_of(service);
        if (!rule || complete_.contains(service)) continue;
        std::vector<std::string> labels = {service};
        for (const auto& a : rule->aliases)
          if (!a.is_shared) labels.push_back(without_environment(last_part(a.name)));
        add_spellings(services_.try_emplace(service, side{service}).first->second.spellings, labels);
      }
    }
    for (const auto& t : things)
      if (t.type == thing_type::deployment)
        for (const auto& [pointer, service] : rules_.services(t.source, t.fields, {}))
          if (const auto known = services_.find(service); known != services_.end()) known->second.events.add(t);
    for (auto& [name, service] : services_)
      service.events.deployed.clear();  // repositories have no event times to compare
  }

  void add_repositories(const std::vector<reported_tag>& tags) {
    const auto templates = rules_.tag_templates();
    for (const auto& t : tags) {
      auto key = repository_key(t.repository);
      if (key.empty() || taken_.contains(key)) continue;
      auto& repository = repositories_.try_emplace(std::move(key), side{t.repository}).first->second;
      if (repository.spellings.empty()) add_spellings(repository.spellings, {last_part(t.repository)});
      for (auto& version : versions_of_tag(t.name, templates)) repository.events.versions.insert(std::move(version));
    }
  }

  std::vector<fit> fits_of(const side& service) const {
    std::vector<fit> all;
    for (const auto& [key, repository] : repositories_) {
      auto found = compare(service.events, repository.events);
      found.alike = similarity(service.spellings, repository.spellings, weights_);
      if (found.score() >= least_score) all.push_back({&service, &repository, found});
    }
    std::ranges::stable_sort(all, std::ranges::greater(), [](const fit& f) { return f.why.score(); });
    return all;
  }

  naming rules_;
  std::set<std::string, std::less<>> taken_;     ///< repository_key()s
  std::set<std::string, std::less<>> complete_;  ///< services that have a repository
  std::map<std::string, side, std::less<>> services_, repositories_;
  word_weights weights_;
};

}

void propose_repositories(const std::vector<reported_tag>& tags, const std::vector<reported_name>& names,
                          const std::vector<reported_thing>& things, const configured_names& known, proposals& all) {
  const repository_matcher matcher(tags, names, things, known, all);
  for (const auto& [service, repository, why] : matcher.matches())
    proposal_of(all, service->name).repositories.push_back({repository->name, why.in_words(service->name), true});
}

}
