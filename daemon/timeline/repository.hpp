#pragma once
// Names of repositories and of their tags, as they are compared (figures.md section 14).
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace releasehealth {

/// As repositories are compared: host and path in lower case, without scheme, user, port and `.git`.
std::string repository_key(std::string_view);
/// What stands behind the last slash; the path itself if there is none.
std::string last_part(std::string_view path);
/// Of two such keys; one without a host means the repository of that path on any host.
bool same_repository(std::string_view a, std::string_view b);
/// Of github.com/acme/shop acme/shop: its path, if the first part may be a host. Empty: there is no host.
std::string_view behind_host(std::string_view key);
/// The path alone: what of such a key is compared where the host is not known.
std::string_view without_host(std::string_view key);
/// Whether one of them is the same.
bool is_one_of(std::string_view key, std::span<const std::string> keys);

/// A repository and the names that it had before.
struct repository_rule {
  std::string name;
  std::vector<std::string> was;
};

/// What repositories are called today.
class repository_names {
 public:
  repository_names() = default;
  explicit repository_names(std::span<const repository_rule>);

  /// The repository_key() of today's name of the repository that has or had that name.
  std::string key(std::string_view text) const;
  /// Whether two names are of one repository because it had one of them before.
  bool are_of_one(std::string_view a, std::string_view b) const;

 private:
  std::vector<std::pair<std::string, std::string>> today_;  ///< by each name: repository_key()s
};

/// `checkout@{version}`: what stands before and after the version.
struct tag_template {
  std::string before, after;
};
/// Nothing: the text has no {version}.
std::optional<tag_template> parse_tag_template(std::string_view);

}
