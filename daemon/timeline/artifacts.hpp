#pragma once
// Selects the service's own images among those that a deployment's reports name, and derives its version and identity
// from them (figures.md section 14).
#include <map>
#include <string>

#include "daemon/timeline/fold.hpp"
#include "daemon/timeline/naming.hpp"

namespace releasehealth {

/// Image settings of a [[source]].
struct image_rule {
  pattern own =
      {};  ///< matches the service's own images; a group `service` prefers those whose group names the service
  bool compares_images = true;  ///< if false, only revisions distinguish deployments of that source
};
using image_rules = std::map<std::string, image_rule, std::less<>>;  ///< by source

/// Fills images, sidecars and revisions of the identity, and the version if no report names one: the tag of the
/// service's own image, else the version of the only chart.
void choose_artifacts(deployment&, const image_rules&, const naming&);

/// Completes the identity with the commit and the version, once the commit is resolved. A moving version, such as
/// `latest` or the name of an environment, equals nothing.
void complete_identity(deployment&, const naming&);

}
