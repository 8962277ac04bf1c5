#pragma once
// Unmatched names (figures.md section 15): names with incidents that are never deployed, and deployed names without
// incidents.
#include <map>
#include <span>
#include <string>
#include <vector>

#include "daemon/timeline/naming.hpp"
#include "daemon/timeline/reported_name.hpp"

namespace releasehealth::discover {

struct unmatched_name {
  std::string name;
  std::vector<std::string> sources;  ///< sources that use it
  bool has_incidents = false;        ///< true: it has incidents and is never deployed; false: it is only deployed
  std::vector<std::string> similar;  ///< names on the other side, the most similar first; at most three
};

/// Names with recent incidents that were never deployed, and names with deployments only that are similar to such a
/// name or are not configured although a [[service]] has an alias for their source. Sorted by name. On each side only
/// the first 1,000 names are compared.
std::vector<unmatched_name> find_unmatched(std::span<const seen_service>, const naming&,
                                           const std::map<std::string, std::string, std::less<>>& kinds);

/// The number of unmatched names that each source uses; 0 for given sources that use none.
std::map<std::string, double> count_unmatched(std::span<const unmatched_name>, std::span<const std::string> sources);

}
