#pragma once
// Which of the images that a deployment's reports name are the service's own, and what that makes its version and
// identity (figures.md section 14).
#include <map>
#include <string>

#include "daemon/timeline/fold.hpp"
#include "daemon/timeline/naming.hpp"

namespace releasehealth {

/// What a [[source]] says of its images.
struct image_rule {
  pattern own = {};  ///< those that match it; with a group `service`, first of all those whose group names it
  bool compares_images = true;  ///< else revisions alone tell deployments of that source apart
};
using image_rules = std::map<std::string, image_rule, std::less<>>;  ///< by source

/// Fills images, sidecars and revisions of the identity, and the version if no report names one: the tag of the
/// service's own image, else the version of the only chart.
void choose_artifacts(deployment&, const image_rules&, const naming&);

/// Completes the identity with the commit and the version, once the commit is resolved. A version that is a name like
/// `latest`, or that of an environment, equals nothing.
void complete_identity(deployment&, const naming&);

}
