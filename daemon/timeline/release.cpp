#include "daemon/timeline/release.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

namespace releasehealth {

std::vector<std::size_t> find_releases(std::span<const rolled_out> ordered, duration window) {
  struct release {
    std::size_t first;
    timestamp last;
    std::set<std::string_view> environments;
  };
  std::vector<release> open;  // the latest last
  std::vector<std::size_t> firsts;
  firsts.reserve(ordered.size());
  for (std::size_t n = 0; n < ordered.size(); ++n) {
    const auto& change = ordered[n];
    std::erase_if(open, [&](const release& r) { return change.finished_at - r.last > window; });
    const auto joined = std::find_if(open.rbegin(), open.rend(), [&](const release& r) {
      return !r.environments.contains(change.environment) && *ordered[r.first].what == *change.what;
    });
    auto& target = joined == open.rend() ? open.emplace_back(release{n, {}, {}}) : *joined;
    target.last = change.finished_at;
    target.environments.insert(change.environment);
    firsts.push_back(target.first);
  }
  return firsts;
}

std::vector<std::size_t> find_group_rollbacks(std::span<const group_rollback> ordered, duration window) {
  std::vector<std::size_t> firsts(ordered.size());
  std::iota(firsts.begin(), firsts.end(), 0);
  std::map<std::string_view, std::size_t> latest;  // by release
  for (std::size_t n = 0; n < ordered.size(); ++n)
    for (const auto& release : ordered[n].releases) {
      const auto [earlier, is_first] = latest.try_emplace(release, n);
      const auto other = std::exchange(earlier->second, n);
      if (is_first || ordered[n].finished_at - ordered[other].finished_at > window) continue;
      const auto [first, last] = std::minmax(firsts[other], firsts[n]);
      std::ranges::replace(firsts, last, first);
    }
  return firsts;
}

}
