#pragma once
// From the names that sources use to the services, environments and teams of the figures (figures.md §2).
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "collectors/event.hpp"
#include "daemon/timeline/repository.hpp"

namespace re2 {
class RE2;
}

namespace releasehealth {

using pattern = std::shared_ptr<const re2::RE2>;

/// A case-insensitive, unanchored RE2 pattern of a user; what is wrong with it as text (errc::malformed).
/// `max_bytes`: what it may take when it is compiled; one that needs more is a mistake.
result<pattern> compile_pattern(const std::string&, std::int64_t max_bytes = std::int64_t{1} << 20);
bool matches(const pattern&, std::string_view);
/// As it was written; empty: there is none.
std::string text_of(const pattern&);

/// A service in an environment: the scope within which a live stack runs.
struct place {
  std::string service;  ///< empty: no report named one, so it enters no figure
  std::string environment;
  auto operator<=>(const place&) const = default;
};

/// "checkout"; "checkout (eu)" in another environment than the default one.
std::string short_name(const place&);

/// A name that a service had.
struct former_name {
  std::string name;
  std::optional<timestamp> until = {};  ///< reports from then on mean something else by it
};

/// What a source calls a service (figures.md section 15). Letters are compared regardless of case.
struct alias {
  std::string source;      ///< a source's name, else a kind of source; "*": any
  std::string name;        ///< a path, `SHOP/Checkout`, means what lies below it as well
  bool is_shared = false;  ///< by several services: the name alone says no service
};
inline constexpr std::string_view any_source = "*";

struct service_rule {
  std::string name, team;
  std::vector<former_name> was = {};
  std::string source = {},
              repository = {};  ///< `match`: empty matches any source; a source alone, what names no service
  std::string path = {};        ///< within the repository: that folder and what lies below; empty: all of it
  std::vector<alias> aliases = {};
  std::vector<std::string> repositories =
      {};                                 ///< of its code, the one to look at first in front; naming keeps their keys
  std::optional<tag_template> tag = {};   ///< its tags' names; none: the usual ones
  std::optional<timestamp> retired = {};  ///< from then on nothing of it counts, and nothing is left to be done
  bool sidecars_are_changes = false;      ///< images that are not its own count for its identity, too
};

struct environment_rule {
  std::string name;
  bool production = false;
  std::string group = {};  ///< of production environments that get the same releases (figures.md section 17); or empty
  pattern match = {};      ///< may be null: the name alone
};

class naming;
/// The groups of environments as they are stored: the group by its member.
json::object groups_as_json(const naming&);
std::map<std::string, std::string, std::less<>> groups_in(const json::object&);

/// Names that came after the first ones of their kind (interface.md §5): each is `other`.
struct other_names {
  std::set<std::string, std::less<>> services, environments, teams;
  bool empty() const { return services.empty() && environments.empty() && teams.empty(); }
  bool operator==(const other_names&) const = default;
};
inline constexpr std::string_view other_name = "other";

/// Mapping rules; what nothing names is taken as it comes.
class naming {
 public:
  naming() = default;
  /// `kinds`: of sources, by name.
  naming(std::vector<service_rule> services, std::vector<environment_rule> environments,
         std::set<std::string, std::less<>> teams = {}, std::map<std::string, std::string, std::less<>> kinds = {},
         repository_names repositories = {});

  /// The service of what a source reports at an instant, by the first of (figures.md section 15): an alias of that
  /// source, an alias of its kind, a service's own name, `match`, an alias of any source, a former name. Otherwise the
  /// name as it was sent. Empty: the report names none, or only names that several services share.
  std::string service(std::string_view source, const json::object& fields, timestamp at) const;
  /// The same for each service that the fields name, with the pointer to its name: `services`, and `service` if it is
  /// there or nothing else is. The one of a report that names none is empty.
  std::vector<std::pair<std::string, std::string>> services(std::string_view source, const json::object& fields,
                                                            timestamp at) const;
  /// Visits each name of a service in the fields with its pointer and the fields that are its own: what services()
  /// maps.
  using visit_name = std::function<void(std::string pointer, const json::object& fields)>;
  static void each_name(const json::object& fields, const visit_name&);
  /// What aliases are looked up by, of one name: a sender's id, else the name with its project before it, else the
  /// repository with the path. Empty: the fields name nothing.
  static std::string alias_text(const json::object& fields);
  /// The environment of that name, regardless of case: as configured, otherwise in lower case. Empty stays empty.
  std::string environment(std::string_view name) const;
  /// As configured, a group of them included; otherwise by its name, or because a report says so (figures.md section
  /// 15).
  bool is_production(std::string_view environment) const;
  /// The group that an environment belongs to (figures.md section 17); empty: none.
  std::string_view group_of(std::string_view environment) const;
  /// Whether an environment, or a group, as a report names it is about that environment.
  bool is_about(std::string_view named, std::string_view environment) const;
  /// By environment the group that it belongs to; names of groups regardless of case, as they are written first.
  using groups_by_member = std::map<std::string, std::string, std::less<>>;
  const groups_by_member& group_of_members() const { return groups_; }
  /// The same rules with other groups: those by which everything was derived.
  naming with_groups(groups_by_member) const;
  /// The environments of each group.
  std::map<std::string, std::vector<std::string>, std::less<>> groups() const;
  /// Those of one group; none of anything else.
  std::vector<std::string> members_of(std::string_view group) const;
  /// A service in production, in a group of environments rather than in one of them: what thresholds, teams and pages
  /// are about.
  bool is_target(const place&) const;
  /// Whether it names an environment, configured or production by its name: as a tag it says nothing of what it is.
  bool is_name_of_environment(std::string_view name) const;
  /// A team as a deployment names it.
  std::string team_named(std::string_view name) const;
  std::string team(std::string_view service) const;
  /// When a service ended; nothing: it has not.
  std::optional<timestamp> retired(std::string_view service) const;
  /// The rule of a configured service; null: it is not configured.
  const service_rule* rule_of(std::string_view service) const;
  /// The rules in their order, with repositories by their keys in repositories().
  const std::vector<service_rule>& services() const { return services_; }
  const repository_names& repositories() const { return repositories_; }
  /// Its name and aliases, each once.
  std::vector<std::string> names_of(std::string_view service) const;
  /// The services that a repository is configured for.
  std::vector<std::string> services_of_repository(std::string_view repository) const;
  /// Every service's `tag`.
  std::vector<tag_template> tag_templates() const;
  /// Configured services in each configured production environment or its group (the default environment if none is):
  /// known from the start.
  std::vector<place> configured() const;
  bool configures_service(std::string_view name) const;
  bool configures_environment(std::string_view name) const;
  /// Of a [[team]], or of a service.
  bool configures_team(std::string_view name) const;
  /// The same rules, with those names as `other`.
  naming with(other_names) const;
  /// The same rules, with those environments as production, unless they are configured otherwise: a report says so.
  naming with_productions(std::set<std::string, std::less<>>) const;
  /// Whether an environment is configured as production.
  bool names_production() const;
  /// The instants from which on a former name means something else, in order.
  std::vector<timestamp> ends_of_names() const;

 private:
  struct called;
  const std::string* named_by_alias(std::string_view of, const called&) const;
  bool is_shared(std::string_view of, const called&) const;
  const std::string* named_by_match(std::string_view source, const called&) const;
  const std::string* named_before(const called&, timestamp at) const;

  std::vector<service_rule> services_;
  repository_names repositories_;
  using services_by_name = std::map<std::string, std::string, std::less<>>;
  /// By source, or kind, or any_source: the service by its alias in lower case; empty: several share it.
  std::map<std::string, services_by_name, std::less<>> aliases_;
  std::map<std::string, std::string, std::less<>> kinds_;
  std::vector<environment_rule> environments_;
  std::set<std::string, std::less<>> teams_;
  groups_by_member groups_;
  std::shared_ptr<const other_names> others_;                              ///< may be null
  std::shared_ptr<const std::set<std::string, std::less<>>> productions_;  ///< that reports name; may be null
};

}
