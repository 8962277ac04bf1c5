#pragma once
// Maps the names that sources use to the services, environments and teams of the figures (figures.md §2).
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

/// Compiles a user's case-insensitive, unanchored RE2 pattern. errc::malformed with RE2's message, also if compilation
/// needs more than `max_bytes`.
result<pattern> compile_pattern(const std::string&, std::int64_t max_bytes = std::int64_t{1} << 20);
bool matches(const pattern&, std::string_view);
/// The pattern as written; empty if there is none.
std::string text_of(const pattern&);

/// A deployment target: a service in an environment, the scope of one live stack.
struct place {
  std::string service;  ///< empty: not reported, so it enters no figure
  std::string environment;
  auto operator<=>(const place&) const = default;
};

/// "checkout"; "checkout (eu)" outside the default environment.
std::string short_name(const place&);

/// A former name of a service.
struct former_name {
  std::string name;
  std::optional<timestamp> until = {};  ///< reports from then on mean another service by it
};

/// A source's name for a service (figures.md section 15). Compared without case.
struct alias {
  std::string source;      ///< the name or the kind of a source; "*": any
  std::string name;        ///< a path such as `SHOP/Checkout` includes everything below it
  bool is_shared = false;  ///< several services share it: the name alone identifies none
};
inline constexpr std::string_view any_source = "*";

struct service_rule {
  std::string name, team;
  std::vector<former_name> was = {};
  std::string source = {},
              repository = {};  ///< `match`: an empty source is any; a source alone: its reports without a service
  std::string path = {};        ///< that folder of the repository and everything below; empty: all of it
  std::vector<alias> aliases = {};
  std::vector<std::string> repositories = {};  ///< of its code, the preferred one first; `naming` stores their keys
  std::optional<tag_template> tag = {};        ///< its tags' names; none: the usual forms
  std::optional<timestamp> retired = {};       ///< from then on it enters no figure and has no open work
  bool sidecars_are_changes = false;           ///< sidecar images are part of its identity, too
};

struct environment_rule {
  std::string name;
  bool production = false;
  std::string group = {};  ///< of production environments with common releases (figures.md section 17); may be empty
  pattern match = {};      ///< may be null: only the name matches
};

class naming;
/// The stored form of the environment groups: the group by its member.
json::object groups_as_json(const naming&);
std::map<std::string, std::string, std::less<>> groups_in(const json::object&);

/// Names beyond the cardinality limit of their kind (interface.md §5), aggregated as `other`.
struct other_names {
  std::set<std::string, std::less<>> services, environments, teams;
  bool empty() const { return services.empty() && environments.empty() && teams.empty(); }
  bool operator==(const other_names&) const = default;
};
inline constexpr std::string_view other_name = "other";

/// The mapping rules. Names without a rule stay as reported.
class naming {
 public:
  naming() = default;
  /// `kinds`: the kind of each source, by its name.
  naming(std::vector<service_rule> services, std::vector<environment_rule> environments,
         std::set<std::string, std::less<>> teams = {}, std::map<std::string, std::string, std::less<>> kinds = {},
         repository_names repositories = {});

  /// The service of a report at an instant, by the first match of (figures.md section 15): an alias of that source, an
  /// alias of its kind, a service's own name, `match`, an alias of any source, a former name. Otherwise the name as
  /// reported. Empty if the report names none, or only names that several services share.
  std::string service(std::string_view source, const json::object& fields, timestamp instant) const;
  /// The services of all names in the fields, each with the pointer to its name: `services`, and `service` if present
  /// or if there is no other name. The service of a report that names none is empty.
  std::vector<std::pair<std::string, std::string>> services(std::string_view source, const json::object& fields,
                                                            timestamp instant) const;
  /// Visits each name of a service in the fields, as services() maps them, with its pointer and its own fields.
  using visit_name = std::function<void(std::string pointer, const json::object& fields)>;
  static void each_name(const json::object& fields, const visit_name&);
  /// The text that aliases match: the sender's id, else the name with its project before it, else the repository with
  /// the path. Empty if the fields name nothing.
  static std::string alias_text(const json::object& fields);
  /// Maps a name, compared without case, to a configured environment, otherwise to lower case. Empty stays empty.
  std::string environment(std::string_view name) const;
  /// Whether an environment or group is production: as configured; otherwise by its name, or because a report states it
  /// (figures.md section 15).
  bool is_production(std::string_view environment) const;
  /// The group of an environment (figures.md section 17); empty if it has none.
  std::string_view group_of(std::string_view environment) const;
  /// Whether a reported name of an environment or group covers that environment.
  bool is_about(std::string_view named, std::string_view environment) const;
  /// The group by environment. Group names are compared without case and keep their first spelling.
  using groups_by_member = std::map<std::string, std::string, std::less<>>;
  const groups_by_member& group_of_members() const { return groups_; }
  /// A copy with other groups: those that history was derived with.
  naming with_groups(groups_by_member) const;
  /// The environments of each group.
  std::map<std::string, std::vector<std::string>, std::less<>> groups() const;
  /// The environments of one group; empty if there is no such group.
  std::vector<std::string> members_of(std::string_view group) const;
  /// Whether it is a service in production, in a group rather than in one of its environments: the scope of thresholds,
  /// teams and pages.
  bool is_target(const place&) const;
  /// Whether it is the name of an environment, configured or production by its name: such a tag identifies no image.
  bool is_name_of_environment(std::string_view name) const;
  /// The team of a reported name.
  std::string team_named(std::string_view name) const;
  std::string team(std::string_view service) const;
  /// When a service was retired; nothing if it is not.
  std::optional<timestamp> retired(std::string_view service) const;
  bool is_retired(std::string_view service, timestamp instant) const;
  /// The rule of a configured service; null if it is not configured.
  const service_rule* rule_of(std::string_view service) const;
  /// The rules in configured order, with repositories as keys of repositories().
  const std::vector<service_rule>& services() const { return services_; }
  const repository_names& repositories() const { return repositories_; }
  /// Its name and aliases, without duplicates.
  std::vector<std::string> names_of(std::string_view service) const;
  /// The services that a repository is configured for.
  std::vector<std::string> services_of_repository(std::string_view repository) const;
  /// The `tag` of every service.
  std::vector<tag_template> tag_templates() const;
  /// Each configured service in each configured production environment or its group (in the default environment if
  /// there is none): known without any report.
  std::vector<place> configured() const;
  bool configures_service(std::string_view name) const;
  bool configures_environment(std::string_view name) const;
  /// Whether a [[team]] or a service configures it.
  bool configures_team(std::string_view name) const;
  /// A copy that maps those names to `other`.
  naming with(other_names) const;
  /// A copy with those environments as production, unless configured otherwise, because reports state it.
  naming with_productions(std::set<std::string, std::less<>>) const;
  /// Whether an environment is configured as production.
  bool names_production() const;
  /// The instants at which former names change their meaning, in order.
  std::vector<timestamp> ends_of_names() const;

 private:
  struct called;
  const std::string* named_by_alias(std::string_view name, const called&) const;
  bool is_shared(std::string_view name, const called&) const;
  const std::string* named_by_match(std::string_view source, const called&) const;
  const std::string* named_before(const called&, timestamp instant) const;

  std::vector<service_rule> services_;
  repository_names repositories_;
  using services_by_name = std::map<std::string, std::string, std::less<>>;
  /// By source, kind or any_source: the service by its alias in lower case; empty if several share the alias.
  std::map<std::string, services_by_name, std::less<>> aliases_;
  std::map<std::string, std::string, std::less<>> kinds_;
  std::vector<environment_rule> environments_;
  std::set<std::string, std::less<>> teams_;
  groups_by_member groups_;
  std::shared_ptr<const other_names> others_;                              ///< may be null
  std::shared_ptr<const std::set<std::string, std::less<>>> productions_;  ///< as reported; may be null
};

}
