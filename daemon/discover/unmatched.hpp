#pragma once
// Names that do not join (figures.md section 15): incidents of something that is never deployed, deployments of
// something that nobody has incidents of.
#include <map>
#include <span>
#include <string>
#include <vector>

#include "daemon/timeline/naming.hpp"
#include "daemon/timeline/reported_name.hpp"

namespace releasehealth::discover {

struct unmatched_name {
  std::string name;
  std::vector<std::string> sources;  ///< that use it
  bool has_incidents = false;        ///< and is never deployed; else it is deployed only
  std::vector<std::string> similar;  ///< names on the other side, the most similar first; at most three
};

/// A name with recent incidents and without deployments ever; or with deployments only, if it is similar to such a
/// name, or not configured while a [[service]] has an alias of that source. By name. Of more than 1,000 names of either
/// side the first ones are compared.
std::vector<unmatched_name> find_unmatched(std::span<const seen_service>, const naming&,
                                           const std::map<std::string, std::string, std::less<>>& kinds);

/// How many each source uses, with 0 for the sources that are given and use none.
std::map<std::string, double> count_unmatched(std::span<const unmatched_name>, std::span<const std::string> sources);

}
