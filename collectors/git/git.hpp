#pragma once
// What a git history says about releases: which tags are releases, which release precedes which, what a commit's
// message says of others. Pure; daemon/import reads the repository.
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

/// Which tags are releases. The pattern matches a whole name; its groups that are digits are the version's numbers, the
/// greatest first. With two or more of them a version is released once; with fewer every tag is a deployment of its
/// own.
struct tag_scheme {
  std::string prefix;  ///< of a monorepo's package, taken off; tags without it are left out
  std::shared_ptr<const re2::RE2> pattern;
  bool names_are_times = false;    ///< 2024-05-01T131500, in UTC: later than the commit, and truer
  bool takes_prereleases = false;  ///< 2.0.0-rc.1 and its like, if the pattern matches them
};

/// A scheme of the table, by name (versions, numbers, times), or a pattern. errc::malformed.
result<tag_scheme> read_scheme(const std::string& name_or_pattern, const std::string& prefix);
/// "versions (1.2.3, v1.2.3), numbers (v42, release_42), times (2024-05-01T131500)".
std::string scheme_names();

struct tag {
  std::string name, commit;
  timestamp at;             ///< an annotated one's own date, else the commit's
  std::string object = {};  ///< an annotated one's own, which pushes name; else empty
};

struct release {
  std::string name;     ///< of the tag
  std::string version;  ///< the numbers that the pattern captured, spelled as in the name; without any the whole name
  std::vector<std::uint64_t> numbers;
  std::string commit;
  timestamp at;
  bool is_patch = false;                   ///< the third number is above 0
  std::optional<std::size_t> predecessor;  ///< the next lower version of its line (its first two numbers), by index

  /// Since the predecessor; negative where tags were made out of order.
  std::optional<duration> gap(const std::vector<release>& all) const {
    return predecessor ? std::optional(at - all[*predecessor].at) : std::nullopt;
  }
};

struct chosen_releases {
  std::vector<release> all;                           ///< by time, version, name
  std::vector<tag> others;                            ///< left out by the pattern
  std::size_t tags = 0, left_out = 0, four_part = 0;  ///< the last: left out, and would be versions of four numbers
  std::size_t prereleases = 0;                        ///< left out though the pattern matches them
  std::size_t same_version = 0,
              same_commit = 0;  ///< dropped: the earliest of a version, the highest of a commit is kept
};
chosen_releases choose_releases(const std::vector<tag>&, const tag_scheme&);

/// Whether a tag's name or version is that of a prerelease: 2.0.0-rc.1, 1.4b2, 3.0-SNAPSHOT.
bool is_prerelease(std::string_view name);

/// What a message says of other commits.
struct message {
  std::string subject;
  std::string reverts;        ///< the commit, or the beginning of its name; empty: none is named
  std::string picked_from;    ///< the last one
  std::string hotfix_branch;  ///< that it merges: hotfix/1.2.3
  bool is_revert = false;     ///< its subject says so; git's own words, or those of conventional commits
  bool is_reapply = false;    ///< of what was reverted: no revert
};
message read_message(std::string_view text, bool is_merge);

}
