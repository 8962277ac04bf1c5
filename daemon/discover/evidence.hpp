#pragma once
// What says that two names mean one service, besides their spelling.
#include <set>
#include <string>
#include <vector>

#include "daemon/timeline/reported_name.hpp"

namespace releasehealth::discover {

/// What happened under some names.
struct happenings {
  std::vector<timestamp> deployed, began;  ///< of deployments and incidents
  std::set<std::string, std::less<>> commits, versions;

  void add(const reported_thing&);
  void add(const happenings&);
  void sort();  ///< the times: has to come before they are compared
};

/// From 0 to 1 each.
struct evidence {
  double alike = 0;     ///< similarity()
  double commits = 0;   ///< share of the commits that the other has, too; 0 for a single common one
  double versions = 0;  ///< the same of versions
  double close = 0;     ///< how much more often than by chance events follow deployments of the other
  std::size_t common_commits = 0, common_versions = 0, close_events = 0, events = 0;

  /// The first three weigh 1, 0.7 and 0.3, closeness 0.25: from 0.7 on it is a proposal.
  double score() const { return alike + 0.7 * commits + 0.3 * versions + 0.25 * close; }
  std::string in_words(const std::string& other) const;
};
inline constexpr double least_score = 0.7, least_margin = 0.15;

/// Everything but `alike`. Events are close if an incident begins within two hours after a deployment of `service`, or
/// a deployment within 15 minutes of one. Fewer than three events say nothing.
evidence compare(const happenings& named, const happenings& service);

}
