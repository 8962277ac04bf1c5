#pragma once
// From the names that sources use to the services, environments and teams of the figures (figures.md §2).
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "collectors/event.hpp"

namespace re2 {
class RE2;
}

namespace releasehealth {

using pattern = std::shared_ptr<const re2::RE2>;

/// A case-insensitive, unanchored RE2 pattern of a user; what is wrong with it as text (errc::malformed).
/// `max_bytes`: what it may take when it is compiled; one that needs more is a mistake.
result<pattern> compile_pattern(const std::string&, std::int64_t max_bytes = std::int64_t{1} << 20);
bool matches(const pattern&, std::string_view);

/// A service in an environment: the scope within which a live stack runs.
struct place {
  std::string service;  ///< empty: no report named one, so it enters no figure
  std::string environment;
  auto operator<=>(const place&) const = default;
};

/// "checkout"; "checkout (eu)" in another environment than the default one.
std::string short_name(const place&);

struct service_rule {
  std::string name, team;
  std::set<std::string> was;       ///< former names
  std::string source, repository;  ///< `match`: empty matches any source; a source alone, what names no service
  std::string path = {};           ///< within the repository: that folder and what lies below; empty: all of it
};

struct environment_rule {
  std::string name;
  bool production = false;
  pattern match;  ///< may be null: the name alone
};

/// Names that came after the first ones of their kind (interface.md §5): each is `other`.
struct other_names {
  std::set<std::string, std::less<>> services, environments, teams;
  bool empty() const { return services.empty() && environments.empty() && teams.empty(); }
  bool operator==(const other_names&) const = default;
};
inline constexpr std::string_view other_name = "other";

/// Mapping rules, in the order of the file; what nothing names is taken as it comes.
class naming {
 public:
  naming() = default;
  naming(std::vector<service_rule> services, std::vector<environment_rule> environments,
         std::set<std::string, std::less<>> teams = {});

  /// The service of a report; empty if the report names none.
  std::string service(std::string_view source, const json::object& fields) const;
  /// The environment of that name; empty stays empty.
  std::string environment(std::string_view name) const;
  bool is_production(std::string_view environment) const;
  /// A team as a deployment names it.
  std::string team_named(std::string_view name) const;
  std::string team(std::string_view service) const;
  /// Configured services in each configured production environment (the default environment if none is): known from the
  /// start.
  std::vector<place> configured() const;
  bool configures_service(std::string_view name) const;
  bool configures_environment(std::string_view name) const;
  /// Of a [[team]], or of a service.
  bool configures_team(std::string_view name) const;
  /// The same rules, with those names as `other`.
  naming with(other_names) const;
  /// Whether an environment is configured as production.
  bool names_production() const;

 private:
  std::vector<service_rule> services_;
  std::vector<environment_rule> environments_;
  std::set<std::string, std::less<>> teams_;
  std::shared_ptr<const other_names> others_;  ///< may be null
};

}
