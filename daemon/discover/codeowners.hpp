#pragma once
// CODEOWNERS files of GitHub and GitLab: who owns which paths of a repository.
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace re2 {
class RE2;
}

namespace releasehealth::discover {

struct owners_rule {
  std::string pattern;  ///< as gitignore's, from the repository's root
  std::vector<std::string> owners;
  std::size_t line = 0;
  std::shared_ptr<const re2::RE2> paths;  ///< that it covers
};

/// A file's rules in their order. Sections of GitLab give their owners to rules that have none. Lines that are no rule,
/// or whose pattern is longer than 1,000 bytes, are left out.
std::vector<owners_rule> read_codeowners(std::string_view text);

/// The last rule that covers a path, which is relative to the repository's root and without a leading slash. Null:
/// none does, or that one names nobody.
const owners_rule* owner_of(const std::vector<owners_rule>&, std::string_view path);

/// The team among owners: `payments` of @acme/payments. Empty: they are people.
std::string team_among(const std::vector<std::string>& owners);

/// Where a repository keeps the file, relative to its root.
inline constexpr std::string_view codeowners_places[] = {".github/CODEOWNERS", ".gitlab/CODEOWNERS", "CODEOWNERS",
                                                         "docs/CODEOWNERS"};

}
