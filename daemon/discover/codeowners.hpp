#pragma once
// Reads CODEOWNERS files of GitHub and GitLab, which assign owners to the paths of a repository.
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace releasehealth::discover {

struct owners_rule {
  std::string pattern;  ///< in gitignore's syntax, relative to the repository's root
  std::vector<std::string> owners;
  std::size_t line = 0;
  std::shared_ptr<const re2::RE2> paths;  ///< matches the covered paths
};

/// A file's rules in their order. Rules without owners inherit those of their GitLab section. Lines that are not rules,
/// or whose pattern is longer than 1,000 bytes, are skipped.
std::vector<owners_rule> read_codeowners(std::string_view text);

/// The last rule that covers a path, which is relative to the repository's root and without a leading slash. Null: no
/// rule covers it, or that rule has no owners.
const owners_rule* owner_of(const std::vector<owners_rule>&, std::string_view path);

/// The first team among owners: `payments` for @acme/payments. Empty: all are people.
std::string team_among(const std::vector<std::string>& owners);

/// Possible locations of the file, relative to the repository's root.
inline constexpr std::string_view codeowners_places[] = {".github/CODEOWNERS", ".gitlab/CODEOWNERS", "CODEOWNERS",
                                                         "docs/CODEOWNERS"};

}
