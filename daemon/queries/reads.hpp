#pragma once
// Reads the ledger and the timeline. The connection is read-only, so figures cannot write by mistake.
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

/// A half-open interval [begin, end) with a label (figures.md §10).
struct period {
  std::string label;
  timestamp begin, end;
  bool partial = false;  ///< incomplete data
  bool has_data = true;  ///< false if it ends before the first data: then it has no figures, not even zeros
};

/// A target as part of a scope: a scope's figures cover all its targets together.
struct scope_place {
  place where;
  std::string crew;      ///< the people that work on it: a team, or a service without a team (figures.md §8)
  bool is_first = true;  ///< work of the service without an environment counts in this environment
  /// A member of the scope's group: its incidents and work count here, its deployments as releases of the group.
  bool is_member = false;
  std::optional<timestamp> since = {}, until = {};  ///< only events in [since, until) count; empty: unbounded
  /// Evidence (figures.md section 16): start of the tracking of its crew's reviews, and of merge-backs that deployments
  /// report themselves; empty: not tracked.
  std::optional<timestamp> reviews_since = {}, merges_since = {};
  bool has_incident_source = false;  ///< an incident source has an alias of the service in the configuration
};
using scope = std::vector<scope_place>;

/// The values of one scope in one period, in the order of `population::columns`; NaN means no value.
struct population_row {
  std::size_t scope = 0;
  std::string period;
  std::vector<double> values;
};
struct population {
  std::vector<std::string> columns;
  std::vector<population_row> rows;
};

/// Hotfixes of one scope by month.
struct hotfix_months {
  std::vector<std::int64_t> hotfixes;
  std::optional<timestamp> since;  ///< when the first deployment finished
};

/// The first reported review and merge-back of a service.
struct first_report {
  std::string service;
  std::optional<timestamp> reviewed_at, merged_at;
};

/// Terms of follow-ups in seconds: the horizon back from now, and the time until they are due.
struct follow_up_terms {
  double horizon_s = 0, review_due_s = 0, merge_due_s = 0;
};

/// The extent of the data.
struct extent {
  std::optional<timestamp> since;  ///< empty: no data
  bool has_incidents = false;      ///< if false, fail ratios rest on remediations alone (figures.md §2)
};

struct place_state {
  std::int64_t generation = 0;
  std::string team;  ///< the team that deployments report; empty: none
};

struct known_place {
  place where;
  place_state is;
};

/// Production environments and groups as of the last derivation.
struct derived_names {
  std::set<std::string, std::less<>> productions;
  std::optional<naming::groups_by_member> groups;  ///< empty before the first derivation
};

struct ledger_counts {
  std::int64_t dead = 0;
  std::int64_t partly_dead = 0;  ///< accepted deliveries with elements that could not be read
  std::int64_t unplaced = 0;
  std::int64_t underived = 0;  ///< upper bound of the events in the derivation queue
  std::int64_t other_services = 0, other_environments = 0, other_teams = 0;  ///< names above the cardinality limit
  /// Fingerprint of the rules of the last derivation; empty: nothing was derived, or by another derivation_version.
  std::string derived_by;
};

/// Incidents of a source with `follows`, which only adds to incidents of others, that matched none of these.
struct unjoined_count {
  std::string source;
  std::int64_t incidents = 0;
};

/// Durability, clock and derivation state of the database.
struct database_health {
  bool is_durable = true;
  timestamp now;
  std::optional<std::string> derived_by;  ///< the fingerprint of the rules; empty: nothing was derived yet
  std::optional<int> derived_version;
  std::int64_t dead = 0;  ///< number of dead-letter deliveries
};

/// The usual interval of a source's deliveries.
struct rhythm {
  static constexpr std::chrono::days look_back{60};  ///< before the last delivery
  std::string source;
  std::int64_t deliveries = 0;  ///< within the look-back
  double gap_s = 0;             ///< 99th percentile of the seconds between consecutive deliveries
  std::optional<timestamp> last_at;

  /// Whether there was no delivery for more than 3 * gap_s and more than a day. Needs at least 20 deliveries.
  bool is_silent(timestamp now) const;
};

/// A deployment and its kind.
struct decided_deployment {
  place where;
  std::string subject, version;
  timestamp finished_at;
  decision decided;
};

/// A page of rows.
struct list_page {
  std::vector<std::string> columns;  ///< set even if the page is empty
  std::vector<json::object> rows;    ///< each with every column in order; times in RFC 3339
};

/// A stored event with the columns that the ledger adds.
struct stored_event {
  event told;
  timestamp received_at;
};

/// Used by one thread at a time. Methods throw postgres_failure; the next call reconnects.
class reader {
 public:
  /// `sessions`: the maximum number of connections, 1 or 2. ask_all() uses both.
  explicit reader(const session&, int sessions = 1);
  /// Reads within the caller's transaction.
  explicit reader(transaction&);
  ~reader();
  reader(reader&&) noexcept;

  /// Sets the statement timeout for the following calls. A connection with another timeout is closed.
  void limit(std::chrono::milliseconds statement_timeout);

  /// Runs several queries on one snapshot of the database.
  void at_one_instant(const std::function<void(reader&)>& ask);
  /// Within at_one_instant(): runs all questions on that snapshot. `side_by_side`: concurrently and in any order if
  /// there is a second session; each question gets the reader of its thread.
  void ask_all(const std::vector<std::function<void(reader&)>>& questions, bool side_by_side);
  /// Within at_one_instant(): whether the following statements keep their plans, which pays off for few rows.
  void keep_plans(bool);

  /// Whether PostgreSQL answers.
  bool answers() noexcept;
  /// Every known target.
  std::map<place, place_state> places();
  derived_names names();
  /// A text that changes whenever a target changes.
  std::string state_of_places();
  /// `statement`: one of schema/figures with periods and scopes as parameters. One row for each period and scope.
  population count(std::string_view statement, const std::vector<period>&, const std::vector<scope>&);
  /// For statements that also have a target in seconds as a parameter.
  population count(std::string_view statement, const std::vector<period>&, const std::vector<scope>&, double target_s);
  /// Counts firefighting. `services_of`: the services of every crew in the scopes.
  population count_work(std::string_view statement, const std::vector<period>&, const std::vector<scope>&,
                        const std::map<std::string, std::set<std::string>>& services_of);
  /// For statements that return one row for each key: one column for each of `keys`.
  population count_keys(std::string_view statement, const std::vector<period>&, const std::vector<scope>&,
                        const std::vector<std::string>& keys, const std::vector<std::string>& causes);
  /// Counts at an instant: one row for each scope, without a period.
  population count_now(std::string_view statement, const std::vector<scope>&, timestamp now);
  /// For statements about tracked follow-ups.
  population count_now(std::string_view statement, const std::vector<scope>&, timestamp now, const follow_up_terms&);
  /// One row for each service with a reported review or merge-back.
  std::vector<first_report> first_reports(const std::vector<std::string>& services);
  /// One result for each scope. `begins`: the begins of the months, and the end of the last month.
  std::vector<hotfix_months> count_hotfix_months(const std::vector<scope>&, const std::vector<timestamp>& begins);
  /// Does not look further back than `earliest`: older data counts as data at `earliest`.
  extent first_known(timestamp earliest);
  ledger_counts counts(std::int64_t max_names);
  database_health health();
  /// One row for each given source, ordered by name.
  std::vector<unjoined_count> unjoined_incidents(const std::vector<std::string>& sources);
  std::vector<rhythm> rhythms(const std::vector<std::string>& sources);
  /// Every service, with the sources of its incidents since `since`.
  std::vector<seen_service> seen_services(timestamp since);
  /// The outcomes of each source's deliveries since `since`: {"source", "days": [{"day", "outcome", "deliveries"}],
  /// "last_at", "reasons": [{"at", "outcome", "reason"}]}, newest first.
  std::vector<json::object> source_journals(timestamp since);
  /// For each row of the arguments: whether the source reported a thing with this field among its first 5,000 things of
  /// this type.
  std::vector<bool> have_reported(const std::vector<std::string>& sources, const std::vector<std::string>& things,
                                  const std::vector<std::string>& fields);

  /// The members of a scope's figures in a period, as JSON objects with the columns of their population. Durations in
  /// seconds.
  std::vector<json::object> deployment_members(const period&, const scope&, double target_s, const follow_up_terms&,
                                               const std::vector<std::string>& causes);
  std::vector<json::object> incident_members(const period&, const scope&, const follow_up_terms&);
  std::vector<json::object> work_members(const period&, const scope&);

  /// `statement`: one of schema/lists. `last_key`: of the previous page's last row, or null. `most`: page size.
  list_page list(std::string_view statement, const json::object& filters, const json::value& last_key,
                 std::int64_t most);

  /// The kinds of deployments that finished in [begin, end). An empty service selects all.
  std::vector<decided_deployment> decisions(timestamp begin, timestamp end, const std::string& service);
  /// Finds incidents by row id or the sender's id: at most 20, one for each service.
  std::vector<json::object> find_incidents(const std::string& name);
  /// Finds deployments by id, the sender's id, or version: at most 20, each as a JSON object of its columns.
  std::vector<json::object> find_deployments(const std::string& name);
  /// The events about a deployment, incident or commit, in the order of receipt.
  std::vector<stored_event> events_about(thing_type, const std::string& source, const std::string& subject);
  /// Every combination of fields by which sources name the service of a deployment or incident.
  std::vector<reported_name> reported_names();
  /// Deployments and incidents reported since `since`, newest first, at most `most`.
  std::vector<reported_thing> reported_things(timestamp since, std::int64_t most);
  /// Repositories and tags reported since `since`, at most `most`: every repository, then the newest tags.
  std::vector<reported_tag> reported_tags(timestamp since, std::int64_t most);
  /// The next page of all events in the order of receipt: at most 1,000 after the given one.
  std::vector<stored_event> events_after(const std::optional<stored_event>&);

 private:
  struct connected;
  template <class Work>
  auto in(transaction::kind, Work work);
  template <class Work>
  auto read(Work work);
  session session_;
  std::unique_ptr<connected> connected_;
  std::unique_ptr<reader> other_;   // has the second session; null with one session
  std::unique_ptr<worker> thread_;  // set in other_: its thread
  transaction* enclosing_ = nullptr;
  reader* second_ = nullptr;  // within at_one_instant(): other_ of the outer reader
  bool may_keep_plans_ = false;
};

}
