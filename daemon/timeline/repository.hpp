#pragma once
// Comparison of the names of repositories and their tags (figures.md section 14).
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace releasehealth {

/// The form in which repositories are compared: host and path in lower case, without scheme, user, port and `.git`.
std::string repository_key(std::string_view);
/// The part after the last slash; the whole path if there is none.
std::string last_part(std::string_view path);
/// Compares two such keys; a key without a host matches the repository of that path on any host.
bool same_repository(std::string_view a, std::string_view b);
/// The path of a key whose first part may be a host: `acme/shop` of `github.com/acme/shop`. Empty if there is no host.
std::string_view behind_host(std::string_view key);
/// The key without its host, for comparison where the host is unknown.
std::string_view without_host(std::string_view key);
/// Whether same_repository() holds for any of the keys.
bool is_one_of(std::string_view key, std::span<const std::string> keys);

/// A repository and its former names.
struct repository_rule {
  std::string name;
  std::vector<std::string> was;
};

/// Current names of repositories.
class repository_names {
 public:
  repository_names() = default;
  explicit repository_names(std::span<const repository_rule>);

  /// The repository_key() of the current name of the repository with that current or former name.
  std::string key(std::string_view text) const;
  /// Whether two names refer to one repository because one of them is a former name of it.
  bool are_of_one(std::string_view a, std::string_view b) const;

 private:
  std::vector<std::pair<std::string, std::string>> today_;  ///< each name with its current name: repository_key()s
};

/// `checkout@{version}`: the text before and after the version.
struct tag_template {
  std::string prefix, suffix;
};
/// Nothing if the text has no {version}.
std::optional<tag_template> parse_tag_template(std::string_view);

}
