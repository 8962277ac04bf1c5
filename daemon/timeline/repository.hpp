#pragma once
// Names of repositories and of their tags, as they are compared (figures.md section 14).
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace releasehealth {

/// As repositories are compared: host and path in lower case, without scheme, user, port and `.git`.
std::string repository_key(std::string_view);
/// What stands behind the last slash; the path itself if there is none.
std::string last_part(std::string_view path);
/// Of two such keys; one without a host means the repository of that path on any host.
bool same_repository(std::string_view a, std::string_view b);
/// Of github.com/acme/shop acme/shop: its path, if the first part may be a host. Empty: there is no host.
std::string_view behind_host(std::string_view key);
/// Whether one of them is the same.
bool is_one_of(std::string_view key, std::span<const std::string> keys);

/// `checkout@{version}`: what stands before and after the version.
struct tag_template {
  std::string before, after;
};
/// Nothing: the text has no {version}.
std::optional<tag_template> parse_tag_template(std::string_view);

}
