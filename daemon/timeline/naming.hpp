#pragma once
// From the names that sources use to the services, environments and teams of the figures (figures.md §2).
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "collectors/json.hpp"

namespace re2 {
class RE2;
}

namespace releasehealth {

using pattern = std::shared_ptr<const re2::RE2>;

/// A case-insensitive, unanchored RE2 pattern of a user; what is wrong with it as text (errc::malformed).
result<pattern> compile_pattern(const std::string&);
bool matches(const pattern&, std::string_view);

/// A service in an environment: the scope within which a live stack runs.
struct place {
  std::string service;  ///< empty: no report named one, so it enters no figure
  std::string environment;
  auto operator<=>(const place&) const = default;
};

struct service_rule {
  std::string name, team;
  std::set<std::string> was;       ///< former names
  std::string source, repository;  ///< `match`: empty matches any source, no repository
};

struct environment_rule {
  std::string name;
  bool production = false;
  pattern match;  ///< may be null: the name alone
};

/// Mapping rules, in the order of the file; what nothing names is taken as it comes.
class naming {
 public:
  naming() = default;
  naming(std::vector<service_rule> services, std::vector<environment_rule> environments);

  /// The service of a report; empty if the report names none.
  std::string service(std::string_view source, const json::object& fields) const;
  /// The environment of that name; empty stays empty.
  std::string environment(std::string_view name) const;
  bool is_production(std::string_view environment) const;
  std::string team(std::string_view service) const;
  /// Configured services in each configured production environment (`production` if none is): known from the start.
  std::vector<place> configured() const;
  /// Whether an environment is configured as production.
  bool names_production() const;

 private:
  std::vector<service_rule> services_;
  std::vector<environment_rule> environments_;
};

}
