#pragma once
// Releases in a git history: which tags are releases, which release precedes which, and references to commits in
// messages. Pure functions; daemon/import reads the repository.
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/base/result.hpp"
#include "collectors/event.hpp"

namespace re2 {
class RE2;
}

namespace releasehealth::git {

/// Selects the tags that are releases. The pattern matches a whole name; its groups of digits are the version's
/// numbers, the most significant first. With two or more numbers a version is released once; with fewer, every tag is
/// a separate deployment.
struct tag_scheme {
  std::string prefix;  ///< of a monorepo's package; removed from names, and tags without it are left out
  std::shared_ptr<const re2::RE2> pattern;
  bool names_are_times = false;    ///< 2024-05-01T131500, in UTC: more accurate than the commit's time
  bool takes_prereleases = false;  ///< such as 2.0.0-rc.1, if the pattern matches them
};

/// A predefined scheme, by name (versions, numbers, times), or a pattern. errc::malformed.
result<tag_scheme> read_scheme(const std::string& name_or_pattern, const std::string& prefix);
/// "versions (1.2.3, v1.2.3), numbers (v42, release_42), times (2024-05-01T131500)".
std::string scheme_names();

struct tag {
  std::string name, commit;
  timestamp at;             ///< the date of an annotated tag, else of its commit
  std::string object = {};  ///< the object of an annotated tag, which pushes name; else empty
};

struct release {
  std::string name;     ///< the tag's name
  std::string version;  ///< the captured numbers, spelled as in the name; without any, the whole name
  std::vector<std::uint64_t> numbers;
  std::string commit;
  timestamp at;
  bool is_patch = false;                   ///< the third number is above 0
  std::optional<std::size_t> predecessor;  ///< the next lower version of its line (its first two numbers), by index

  /// The time since the predecessor; negative if the tags were created out of order.
  std::optional<duration> gap(const std::vector<release>& all) const {
    return predecessor ? std::optional(at - all[*predecessor].at) : std::nullopt;
  }
};

struct chosen_releases {
  std::vector<release> all;                           ///< by time, version, name
  std::vector<tag> others;                            ///< left out by the pattern
  std::size_t tags = 0, left_out = 0, four_part = 0;  ///< four_part: left out, with versions of four numbers
  std::size_t prereleases = 0;                        ///< left out although the pattern matches them
  std::size_t same_version = 0,
              same_commit = 0;  ///< dropped; kept are the earliest of a version and the highest of a commit
};
chosen_releases choose_releases(const std::vector<tag>&, const tag_scheme&);

/// Whether a tag's name or version is that of a prerelease: 2.0.0-rc.1, 1.4b2, 3.0-SNAPSHOT.
bool is_prerelease(std::string_view name);

/// References to other commits in a commit message.
struct message {
  std::string subject;
  std::string reverts;        ///< the commit or its abbreviated id; empty if none is named
  std::string picked_from;    ///< the last one named
  std::string hotfix_branch;  ///< that the commit merges: hotfix/1.2.3
  bool is_revert = false;     ///< by its subject, in the form of git or of conventional commits
  bool is_reapply = false;    ///< reapplies a reverted commit, so it is not a revert
};
message read_message(std::string_view text, bool is_merge);

}
