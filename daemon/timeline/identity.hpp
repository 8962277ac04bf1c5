#pragma once
// What was deployed, as deployments are compared (figures.md sections 3 and 14).
#include <string>
#include <string_view>
#include <vector>

#include "collectors/artifact.hpp"
#include "collectors/base/json.hpp"

namespace releasehealth {

/// Computed once for each deployment and stored: nothing else of a deployment is compared. An empty part is unknown and
/// equals nothing.
struct identity {
  std::string commit = {};  ///< in small letters
  std::string version = {};
  bool is_moving = false;  ///< the version is a name like `latest`, which equals nothing
  /// The service's own, by repository. A tag that moves is left out: without a digest it equals nothing.
  std::vector<image> images = {};
  std::vector<image> sidecars = {};         ///< that count, too: [[service]] sidecars = "change"
  std::vector<std::string> revisions = {};  ///< of its sources, sorted

  /// The commit if both have one; else the images if both name the same repositories; else the version if both have
  /// one; else the revisions. Neither this nor a commit's prefix is transitive.
  bool operator==(const identity&) const;
  bool is_known() const { return !(commit.empty() && version.empty() && images.empty() && revisions.empty()); }
  /// Equal identities have one of these in common.
  std::vector<std::string> keys() const;
  /// Those of images and revisions as digests with spaces between, for an index.
  std::string indexed_keys() const;
};

/// Whether two names mean the same commit: regardless of case; a prefix of 7 or more hex digits is equal.
bool same_commit(std::string_view a, std::string_view b);
/// Whether two versions are the same: without a leading v; build metadata (`+42`) counts if both have some.
bool same_version(std::string_view a, std::string_view b);

/// What all names of one version or commit have in common, for look-ups: `1.8.3` of `backend@v1.8.3+42`. In small
/// letters. The schema's function of that name gives the same.
std::string lookup_key(std::string_view);
/// backend of `backend@1.8.3`; empty: the name has none.
std::string_view service_in(std::string_view name);
/// 1.8.3 of it: the rest of the name.
std::string_view version_in(std::string_view name);

/// As it is stored, without the empty parts.
json::object as_json(const identity&);
identity identity_in(const json::object&);

}
