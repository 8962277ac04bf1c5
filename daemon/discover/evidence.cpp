#include "daemon/discover/evidence.hpp"

#include <algorithm>
#include <cmath>

#include "collectors/base/nearest.hpp"
#include "daemon/timeline/resolution.hpp"

namespace releasehealth::discover {
namespace {

constexpr auto incident_window = std::chrono::hours{2};
constexpr auto deployment_window = std::chrono::minutes{15};
constexpr std::size_t least_common = 2, least_events = 3;

std::size_t common_of(const std::set<std::string, std::less<>>& a, const std::set<std::string, std::less<>>& b) {
  return static_cast<std::size_t>(std::ranges::count_if(a, [&](const auto& one) { return b.contains(one); }));
}

double share_of(std::size_t common, std::size_t all) {
  return common < least_common ? 0 : static_cast<double>(common) / static_cast<double>(all);
}

bool any_between(const std::vector<timestamp>& sorted, timestamp first, timestamp last) {
  const auto found = std::ranges::lower_bound(sorted, first);
  return found != sorted.end() && *found <= last;
}

// The share of the time between the first and the last deployment that lies within `window` after a deployment.
double covered_share(const std::vector<timestamp>& deployed, duration window) {
  if (deployed.size() < 2) return 0;
  duration covered{};
  for (std::size_t i = 0; i + 1 < deployed.size(); ++i)
    covered += std::min<duration>(window, deployed[i + 1] - deployed[i]);
  const auto whole = deployed.back() - deployed.front();
  return whole.count() == 0 ? 1 : static_cast<double>(covered.count()) / static_cast<double>(whole.count());
}

std::string percent(double share) { return std::to_string(std::lround(share * 100)) + " %"; }

}

void happenings::add(const reported_thing& thing) {
  (thing.type == thing_type::incident ? began : deployed).push_back(thing.time);
  if (!thing.commit.empty()) commits.insert(thing.commit);
  for (auto& commit : commit_tokens(thing.version)) commits.insert(std::move(commit));
  if (!thing.version.empty()) versions.insert(version_key(thing.version));
}

void happenings::add(const happenings& others) {
  deployed.insert(deployed.end(), others.deployed.begin(), others.deployed.end());
  began.insert(began.end(), others.began.begin(), others.began.end());
  commits.insert(others.commits.begin(), others.commits.end());
  versions.insert(others.versions.begin(), others.versions.end());
}

void happenings::sort() {
  std::ranges::sort(deployed);
  std::ranges::sort(began);
}

evidence compare(const happenings& named, const happenings& service) {
  evidence e;
  e.common_commits = common_of(named.commits, service.commits);
  e.commits = share_of(e.common_commits, named.commits.size());
  e.common_versions = common_of(named.versions, service.versions);
  e.versions = share_of(e.common_versions, named.versions.size());
  const bool are_incidents = named.deployed.empty();
  const auto& events = are_incidents ? named.began : named.deployed;
  const duration lookback = are_incidents ? duration(incident_window) : duration(deployment_window);
  const duration lookahead = are_incidents ? duration{} : duration(deployment_window);
  e.events = events.size();
  e.close_events = static_cast<std::size_t>(std::ranges::count_if(events, [&](timestamp instant) {
    return any_between(service.deployed, instant - lookback, instant + lookahead);
  }));
  if (e.events < least_events) return e;
  const auto by_chance = covered_share(service.deployed, lookback + lookahead);
  const auto seen = static_cast<double>(e.close_events) / static_cast<double>(e.events);
  e.close = by_chance >= 1 ? 0 : std::max(0.0, (seen - by_chance) / (1 - by_chance));
  return e;
}

std::string evidence::in_words(const std::string& other) const {
  std::string all = percent(alike) + " similar to " + in_quotes(other);
  if (commits > 0) all += ", " + std::to_string(common_commits) + " commits in common";
  if (versions > 0) all += ", " + std::to_string(common_versions) + " versions in common";
  if (close > 0)
    all += ", " + std::to_string(close_events) + " of " + std::to_string(events) + " events close to its deployments";
  return all;
}

}
