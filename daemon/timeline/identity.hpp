#pragma once
// The identity by which deployments are compared (figures.md sections 3 and 14).
#include <string>
#include <string_view>
#include <vector>

#include "collectors/artifact.hpp"
#include "collectors/base/json.hpp"

namespace releasehealth {

/// Computed once per deployment and stored; deployments are compared by nothing else. An empty part is unknown and
/// equals nothing.
struct identity {
  std::string commit = {};  ///< in lower case
  std::string version = {};
  bool is_moving = false;  ///< the version is a name like `latest`, which equals nothing
  /// The service's own images, sorted by repository. Moving tags are omitted: without a digest such an image equals
  /// nothing.
  std::vector<image> images = {};
  std::vector<image> sidecars = {};         ///< only those that count: [[service]] sidecars = "change"
  std::vector<std::string> revisions = {};  ///< of its sources, sorted

  /// Compares the commits if both have one; else the images if both name the same repositories; else the versions if
  /// both have one; else the revisions. Not transitive, and neither is comparison of commit prefixes.
  bool operator==(const identity&) const;
  bool is_known() const { return !(commit.empty() && version.empty() && images.empty() && revisions.empty()); }
  /// Equal identities share at least one key.
  std::vector<std::string> keys() const;
  /// The keys of images and revisions as space-separated digests, for an index.
  std::string indexed_keys() const;
};

/// Whether two names mean the same commit: compared without case; a prefix of 7 or more hex digits is enough.
bool same_commit(std::string_view a, std::string_view b);
/// Whether two versions are the same: without a leading `v`; build metadata (`+42`) counts only if both have some.
bool same_version(std::string_view a, std::string_view b);

/// The look-up key that all names of one version or commit share: `1.8.3` for `backend@v1.8.3+42`. In lower case. The
/// schema's function of the same name returns the same key.
std::string lookup_key(std::string_view);
/// `backend` of `backend@1.8.3`; empty if the name has no service.
std::string_view service_in(std::string_view name);
/// `1.8.3` of `backend@1.8.3`: the rest of the name.
std::string_view version_in(std::string_view name);

/// The stored form, without empty parts.
json::object as_json(const identity&);
identity identity_in(const json::object&);

}
