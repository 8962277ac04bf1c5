#pragma once
// Evidence, other than their spelling, that two names mean the same service.
#include <set>
#include <string>
#include <vector>

#include "daemon/timeline/reported_name.hpp"

namespace releasehealth::discover {

/// The deployments and incidents reported under some names.
struct happenings {
  std::vector<timestamp> deployed, began;  ///< times of deployments, and starts of incidents
  std::set<std::string, std::less<>> commits, versions;

  void add(const reported_thing&);
  void add(const happenings&);
  void sort();  ///< sorts the times, which compare() requires
};

/// Each part is between 0 and 1.
struct evidence {
  double alike = 0;     ///< similarity()
  double commits = 0;   ///< share of commits that the other also has; 0 if they have fewer than two in common
  double versions = 0;  ///< the same for versions
  double close = 0;     ///< how much more often than by chance events follow the other's deployments
  std::size_t common_commits = 0, common_versions = 0, close_events = 0, events = 0;

  /// A weighted sum; a score of at least 0.7 makes a proposal.
  double score() const { return alike + 0.7 * commits + 0.3 * versions + 0.25 * close; }
  std::string in_words(const std::string& other) const;
};
inline constexpr double least_score = 0.7, least_margin = 0.15;

/// Computes everything except `alike`. An incident is close if it begins within two hours after a deployment of
/// `service`, a deployment if it is within 15 minutes of one. Fewer than three events are not evidence.
evidence compare(const happenings& named, const happenings& service);

}
