#pragma once
// Reading the ledger and the timeline. The connection is read-only, so figures cannot write by mistake.
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "collectors/event.hpp"
#include "daemon/database/connection.hpp"
#include "daemon/timeline/kind.hpp"
#include "daemon/timeline/naming.hpp"
#include "daemon/timeline/reported_name.hpp"

namespace releasehealth {
class worker;
}

namespace releasehealth::ledger {

/// A half-open stretch of time with a label (figures.md §10).
struct period {
  std::string label;
  timestamp begin, end;
  bool partial = false;  ///< data does not cover it whole
  bool has_data = true;  ///< false where it ends before there is any: then it has no figures, not even zeros
};

/// A place as part of a scope: a scope's figures are those of all its places together.
struct scope_place {
  place where;
  std::string crew;      ///< whose people work there: a team, or a service without one (figures.md §8)
  bool is_first = true;  ///< of the service's production environments: work that names none counts here
  /// Of the group whose scope it is: its incidents and work count, its deployments do as releases of the group.
  bool is_member = false;
  std::optional<timestamp> since = {}, until = {};  ///< what happened from then on, until then; none: without an end
  /// Of its evidence (figures.md section 16): since when reviews of its crew are tracked, and merge-backs by what
  /// deployments say themselves; none: they are not.
  std::optional<timestamp> reviews_since = {}, merges_since = {};
  bool has_incident_source = false;  ///< a source of incidents has a name of the service in the configuration
};
using scope = std::vector<scope_place>;

/// What is measured over one scope in one period, in the order of `population::columns`; NaN is no value.
struct population_row {
  std::size_t scope = 0;
  std::string period;
  std::vector<double> values;
};
struct population {
  std::vector<std::string> columns;
  std::vector<population_row> rows;
};

/// Hotfixes by month, of one scope.
struct hotfix_months {
  std::vector<std::int64_t> hotfixes;
  std::optional<timestamp> since;  ///< the first deployment finished
};

/// The first reported review and merge-back of a service.
struct first_report {
  std::string service;
  std::optional<timestamp> reviewed_at, merged_at;
};

/// How follow-ups are counted, in seconds: how far back, and when they are due.
struct follow_up_terms {
  double horizon_s = 0, review_due_s = 0, merge_due_s = 0;
};

/// What there is data about.
struct extent {
  std::optional<timestamp> since;  ///< nothing: there is none
  bool has_incidents = false;      ///< without any, fail ratios rest on remedies alone (figures.md §2)
};

struct place_state {
  std::int64_t generation = 0;
  std::string team;  ///< as deployments name it; empty: none does
};

struct known_place {
  place where;
  place_state is;
};

/// What was derived of environments.
struct derived_names {
  std::set<std::string, std::less<>> productions;
  std::optional<naming::groups_by_member> groups;  ///< nothing before anything was derived
};

struct ledger_counts {
  std::int64_t dead = 0;
  std::int64_t partly_dead = 0;  ///< accepted deliveries with elements that could not be read
  std::int64_t unplaced = 0;
  std::int64_t underived = 0;  ///< events that wait in the queue to be derived, at most
  std::int64_t other_services = 0, other_environments = 0, other_teams = 0;  ///< names beyond the most of a kind
  /// The fingerprint of the rules by which the past was derived; empty: nothing was, or by another derivation_version.
  std::string derived_by;
};

/// Incidents of a source that only adds to those of others (`follows`) and that joined none of these.
struct unjoined_count {
  std::string source;
  std::int64_t incidents = 0;
};

/// Durability, clock and derivation state of the database.
struct database_health {
  bool is_durable = true;
  timestamp now;
  std::optional<std::string> derived_by;  ///< the fingerprint of the rules; nothing was derived yet
  std::optional<int> derived_version;
  std::int64_t dead = 0;  ///< deliveries
};

/// How often a source delivers.
struct rhythm {
  static constexpr std::chrono::days look_back{60};  ///< before the last delivery
  std::string source;
  std::int64_t deliveries = 0;  ///< within the look-back
  double gap_s = 0;             ///< the 99th percentile of the time between two of them
  std::optional<timestamp> last_at;

  /// No delivery for three times as long, at least a day, of a source that delivers: from 20 deliveries on.
  bool is_silent(timestamp now) const;
};

/// A deployment and what kind it is.
struct decided_deployment {
  place where;
  std::string subject, version;
  timestamp finished_at;
  decision decided;
};

/// Some rows of a list, and what they are made of.
struct list_page {
  std::vector<std::string> columns;  ///< also of an empty page
  std::vector<json::object> rows;    ///< with every column, in their order; times as RFC 3339
};

/// A stored event, with what the ledger adds to it.
struct stored_event {
  event told;
  timestamp received_at;
};

/// Used by one thread at a time; throws postgres_failure, after which the next call connects anew.
class reader {
 public:
  /// `sessions`: how many it may keep, one or two: ask_all() asks over both.
  explicit reader(const session&, int sessions = 1);
  /// Within a transaction of somebody else's.
  explicit reader(transaction&);
  ~reader();
  reader(reader&&) noexcept;

  /// How long a statement may take, from the next question on. A session with another limit is closed.
  void limit(std::chrono::milliseconds statement_timeout);

  /// Asks several questions of one state of the database.
  void at_one_instant(const std::function<void(reader&)>& ask);
  /// Within at_one_instant(): asks all of them of the same state, `side_by_side` in any order if there is a second
  /// session; each gets a reader for its thread.
  void ask_all(const std::vector<std::function<void(reader&)>>& questions, bool side_by_side);
  /// Within at_one_instant(): whether the plans of the statements that follow are kept, as is worth it for few rows.
  void keep_plans(bool);

  /// Whether PostgreSQL answers at all.
  bool answers() noexcept;
  /// Every known place.
  std::map<place, place_state> places();
  /// What environments are, as everything was derived.
  derived_names names();
  /// The same text as long as none of them changes.
  std::string state_of_places();
  /// `statement`: one of schema/figures that takes periods and the places of scopes. One row for each of both.
  population count(std::string_view statement, const std::vector<period>&, const std::vector<scope>&);
  /// The same for a statement that takes a target in seconds.
  population count(std::string_view statement, const std::vector<period>&, const std::vector<scope>&, double target_s);
  /// Firefighting; `services_of`: the services of every crew that the scopes name.
  population count_work(std::string_view statement, const std::vector<period>&, const std::vector<scope>&,
                        const std::map<std::string, std::set<std::string>>& services_of);
  /// A statement that counts by key, in long form: one column for each of `keys`.
  population count_keys(std::string_view statement, const std::vector<period>&, const std::vector<scope>&,
                        const std::vector<std::string>& keys, const std::vector<std::string>& causes);
  /// What holds at an instant: one row for each scope, without a period.
  population count_now(std::string_view statement, const std::vector<scope>&, timestamp now);
  /// The same for a statement about what is tracked.
  population count_now(std::string_view statement, const std::vector<scope>&, timestamp now, const follow_up_terms&);
  /// Of the services of which any was reported.
  std::vector<first_report> first_reports();
  /// By scope; `begins`: of the months, and the end of the last one.
  std::vector<hotfix_months> count_hotfix_months(const std::vector<scope>&, const std::vector<timestamp>& begins);
  /// Looks no further back than to `earliest`: data that is older is as good as data since then.
  extent first_known(timestamp earliest);
  ledger_counts counts(std::int64_t max_names);
  database_health health();
  /// One row for each given source, ordered by name.
  std::vector<unjoined_count> unjoined_incidents(const std::vector<std::string>& sources);
  std::vector<rhythm> rhythms(const std::vector<std::string>& sources);
  /// Every service, with the sources of its incidents since then.
  std::vector<seen_service> seen_services(timestamp since);
  /// What became of the deliveries of each source since then: {"source", "days": [{"day", "outcome", "deliveries"}],
  /// "last_at", "reasons": [{"at", "outcome", "reason"}]}, the newest first.
  std::vector<json::object> source_journals(timestamp since);
  /// Whether a source ever reported such a thing, one with that field among its first 5,000: for each row.
  std::vector<bool> have_reported(const std::vector<std::string>& sources, const std::vector<std::string>& things,
                                  const std::vector<std::string>& fields);

  /// What a figure over a scope and a period is made of, as JSON objects with a column for each that the figure's
  /// population has. Durations in seconds.
  std::vector<json::object> deployment_members(const period&, const scope&, double target_s, const follow_up_terms&,
                                               const std::vector<std::string>& causes);
  std::vector<json::object> incident_members(const period&, const scope&, const follow_up_terms&);
  std::vector<json::object> work_members(const period&, const scope&);

  /// `statement`: one of schema/lists. `after`: the key of the last row of the page before, or null.
  list_page list(std::string_view statement, const json::object& filters, const json::value& after, std::int64_t most);

  /// The kinds of what finished in [begin, end); an empty service is every one.
  std::vector<decided_deployment> decisions(timestamp begin, timestamp end, const std::string& service);
  /// By row id or the sender's own name: at most 20, one for each service.
  std::vector<json::object> find_incidents(const std::string& name);
  /// By id, the sender's own name, or version: at most 20, each as a JSON object of its columns.
  std::vector<json::object> find_deployments(const std::string& name);
  /// The events about a deployment, or about the commit of that name, in the order of receipt.
  std::vector<stored_event> events_about(thing_type, const std::string& source, const std::string& subject);
  /// Every way in which sources name the service of a deployment or incident.
  std::vector<reported_name> reported_names();
  /// Deployments and incidents that were reported since then, the newest first, at most so many.
  std::vector<reported_thing> reported_things(timestamp since, std::int64_t most);
  /// Repositories and tags that were reported since then, at most so many: every repository, then the newest tags.
  std::vector<reported_tag> reported_tags(timestamp since, std::int64_t most);
  /// Everything, page by page, in the order of receipt: those after the given one, at most 1,000.
  std::vector<stored_event> events_after(const std::optional<stored_event>&);

 private:
  struct connected;
  template <class Work>
  auto in(transaction::kind, Work work);
  template <class Work>
  auto read(Work work);
  session session_;
  std::unique_ptr<connected> connected_;
  std::unique_ptr<reader> other_;   // with the second session
  std::unique_ptr<worker> thread_;  // of that one: asks beside the first
  transaction* within_ = nullptr;
  reader* beside_ = nullptr;  // of at_one_instant(): other_
  bool may_keep_plans_ = false;
};

}
