#include <algorithm>
#include <iterator>

#include "collectors/words.hpp"
#include "daemon/derivation/rows.hpp"
#include "sql/derivation.hpp"

namespace releasehealth::ledger {

template <>
inline constexpr auto columns_of<flag_change> = std::tuple_cat(
    within(&flag_change::thing, columns_of<thing_id>),
    std::tuple(column("service", &flag_change::service), column("environment", &flag_change::environment),
               column("flag", &flag_change::flag), column("incident", &flag_change::incident),
               column("is_on", &flag_change::is_on), column("at", &flag_change::at)));

namespace {

using known_deployments = std::map<std::string, settled>;
using known_incidents = std::map<std::string, incident_row>;

void load(const derivation& step, const std::set<std::string>& ids, known_deployments& known) {
  for_deployments(step, ids, [&](const settled& d) { known.emplace(d.id, d); });
}

known_incidents load_known(const derivation& step, const std::set<std::string>& ids, known_deployments& blamed) {
  known_incidents all;
  std::set<std::string> changes;
  for (auto& i : load_incidents(step.work, ids)) {
    if (!i.told.change.empty()) changes.insert(i.told.change);
    all.emplace(i.id, std::move(i));
  }
  load(step, changes, blamed);
  return all;
}

bool may_remedy(const settled& d) { return d.kind == deployment_kind::rollback || d.kind == deployment_kind::hotfix; }

/// Where deployments changed, from the first of them until the last one's attribution window ends.
struct changed_place {
  std::string_view service, environment;
  timestamp begins, ends;
};
BOOST_DESCRIBE_STRUCT(changed_place, (), (service, environment, begins, ends))

/// A changed incident, before or now.
struct changed_incident {
  std::string_view blamed;
  timestamp begins;
  std::optional<timestamp> ends;
};
BOOST_DESCRIBE_STRUCT(changed_incident, (), (blamed, begins, ends))

// The rollbacks and hotfixes to derive again: those that changed, and those that depend on changed rows.
std::set<std::string> affected(derivation& step) {
  std::set<std::string> ids;
  std::map<place, std::pair<timestamp, timestamp>> changed;  // first and last finish time
  for (const auto& [id, d] : step.deployments)
    for (const auto* row : {&d.previous, &d.now}) {
      if (!*row || !(*row)->production) continue;
      if (may_remedy(**row)) ids.insert(id);
      if (!(*row)->rolled_back_by.empty()) ids.insert((*row)->rolled_back_by);
      if (const auto finished = (*row)->finished_at) {
        auto& span = changed.try_emplace((*row)->where, *finished, *finished).first->second;
        span = {std::min(span.first, *finished), std::max(span.second, *finished)};
      }
    }
  std::vector<changed_place> deployments;
  for (const auto& [where, span] : changed)
    deployments.push_back(
        {where.service, where.environment, span.first, span.second + step.settings.blame.window(where.service)});
  std::vector<changed_incident> incidents;
  for (const auto& [id, i] : step.incidents)
    for (const auto* row : {&i.previous, &i.now})
      if (*row && !(*row)->told.change.empty()) {
        const auto& b = (*row)->told;
        incidents.push_back({b.change, b.started_at, b.stretches.empty() ? b.started_at : b.stretches.back().until});
      }
  if (step.deployments.empty() && step.incidents.empty() && step.members_of_changed.empty()) return ids;
  for (auto& id :
       query<std::string>(step.work, sql::derivation::remedies_to_derive, by_column(deployments), step.names.names,
                          step.names.commits, by_column(incidents), subjects_of_changed(step)))
    ids.insert(std::move(id));
  return ids;
}

/// The columns of a hotfix or rollback that select the rows on which its remediation may depend.
struct remedy_question {
  std::string_view day_order, source, subject, service, environment;
  std::optional<timestamp> started_at, finished_at;
  std::string_view fixes, incident;
  std::int64_t attribution;  ///< microseconds
};
BOOST_DESCRIBE_STRUCT(remedy_question, (),
                      (day_order, source, subject, service, environment, started_at, finished_at, fixes, incident,
                       attribution))

/// A row on which a remediation may depend: a deployment or an incident.
struct candidate_row {
  std::size_t n = 0;  ///< index of the question, from 1
  std::string role, id, source;
};
BOOST_DESCRIBE_STRUCT(candidate_row, (), (n, role, id, source))

/// An incident, and the source that uses the name.
struct name_in_source {
  std::string id, source;
};

/// The ids of the rows on which the remediation by a hotfix or rollback may depend.
struct candidates {
  std::vector<std::string> fixes, chain, open;
  std::vector<name_in_source> named;
};

std::vector<candidates> load_candidates(transaction& work, const std::vector<settled>& repairs,
                                        const blame_settings& settings) {
  std::vector<remedy_question> asked;
  for (const auto& d : repairs)
    asked.push_back({d.day_order, d.thing.source, d.thing.subject, d.where.service, d.where.environment, d.started_at,
                     d.finished_at, d.fixes, d.incident, settings.window(d.where.service).count()});
  std::vector<candidates> all(repairs.size());
  if (repairs.empty()) return all;
  for (auto& row : query<candidate_row>(work, sql::derivation::hotfix_candidates, by_column(asked))) {
    auto& c = all[row.n - 1];
    if (row.role == "named")
      c.named.push_back({std::move(row.id), std::move(row.source)});
    else
      (row.role == "fixes" ? c.fixes : row.role == "chain" ? c.chain : c.open).push_back(std::move(row.id));
  }
  return all;
}

std::vector<blaming> told(const std::vector<std::string>& ids, const known_incidents& known) {
  std::vector<blaming> all;
  for (const auto& id : ids)
    if (const auto i = known.find(id); i != known.end()) all.push_back(i->second.told);
  return all;
}

std::vector<named_incident_row> told(const std::vector<name_in_source>& all, const known_incidents& known) {
  std::vector<named_incident_row> rows;
  for (const auto& [id, source] : all)
    if (const auto i = known.find(id); i != known.end()) rows.push_back({source, i->second.told});
  return rows;
}

std::vector<settled> told(const std::vector<std::string>& ids, const known_deployments& known) {
  std::vector<settled> all;
  for (const auto& id : ids)
    if (const auto d = known.find(id); d != known.end()) all.push_back(d->second);
  return all;
}

void add(std::set<remedy>& remedies, way by_way, const settled& repair, const std::string& change,
         const std::vector<blaming>& named) {
  if (change.empty() && named.empty()) return;
  remedies.insert({.by_way = by_way,
                   .actor = repair.id,
                   .change = change,
                   .incident = named.empty() ? thing_id() : named.front().thing,
                   .started_at = *repair.started_at,
                   .finished_at = *repair.finished_at});
}

struct popped_change {
  std::string id, rolled_back_by;
};
BOOST_DESCRIBE_STRUCT(popped_change, (), (id, rolled_back_by))

void add_deployments(derivation& step, const std::set<std::string>& ids, std::set<remedy>& remedies) {
  std::vector<settled> repairs;
  std::set<std::string> rollbacks;
  for_deployments(step, ids, [&](const settled& d) {
    if (!d.production || d.where.service.empty() || !d.finished_at || !may_remedy(d)) return;
    if (d.kind == deployment_kind::rollback) rollbacks.insert(d.id);
    repairs.push_back(d);
  });
  std::map<std::string, std::vector<std::string>> popped;
  if (!rollbacks.empty())
    for (auto& change : query<popped_change>(step.work, sql::derivation::popped_by, rollbacks))
      popped[std::move(change.rolled_back_by)].push_back(std::move(change.id));
  const auto all = load_candidates(step.work, repairs, step.settings.blame);
  std::set<std::string> deployments, incidents;
  for (const auto& c : all) {
    deployments.insert(c.fixes.begin(), c.fixes.end());
    deployments.insert(c.chain.begin(), c.chain.end());
    incidents.insert(c.open.begin(), c.open.end());
    for (const auto& [id, source] : c.named) incidents.insert(id);
  }
  known_deployments known;
  load(step, deployments, known);
  const auto known_incident = load_known(step, incidents, known);
  for (std::size_t n = 0; n < repairs.size(); ++n) {
    const auto& d = repairs[n];
    const auto named = named_incident(d.thing.source, told(all[n].named, known_incident));
    if (d.kind == deployment_kind::rollback) {
      for (const auto& change : popped[d.id]) add(remedies, way::rollback, d, change, named);
      if (popped[d.id].empty()) add(remedies, way::rollback, d, "", named);
      continue;
    }
    const auto open = told(all[n].open, known_incident);
    auto in_place = told(all[n].fixes, known);
    for (const auto* blamed : {&named, &open})
      for (const auto& b : *blamed)
        if (const auto c = known.find(b.change); c != known.end()) in_place.push_back(c->second);
    const auto change =
        remedied_by(d, in_place, named, open, told(all[n].chain, known), step.settings.blame.window(d.where.service));
    add(remedies, way::hotfix, d, change.value_or(""), named);
  }
}

/// A flag change, once for each incident that it may mean.
struct flag_row {
  std::string id, source;
  place where;
  bool is_on = false;
  timestamp at;
  std::string incident, incident_source;  ///< an id, and the source whose name for it the flag uses; empty: none

  static constexpr auto columns = std::tuple_cat(
      std::tuple(column("id", &flag_row::id), column("source", &flag_row::source), column("is_on", &flag_row::is_on),
                 column("at", &flag_row::at), column("incident", &flag_row::incident),
                 column("incident_source", &flag_row::incident_source)),
      within(&flag_row::where, columns_of<place>));
};

// A flag that was switched off for an incident remedies the attributed change if its service and environment match.
void add_flags(derivation& step, const things& touched, std::set<std::string>& repair_ids, std::set<remedy>& remedies) {
  std::set<std::string> ids;
  if (!touched.empty()) {
    std::vector<flag_change> rows;
    for (auto& [key, told] : take_reports(step, thing_type::flag, touched))
      if (auto f = fold_flag(key, std::move(told), step.settings.blame.names)) rows.push_back(std::move(*f));
    const auto row_ids = each_of(rows, [](const auto& f) { return row_id({f.thing.source, f.thing.subject}); });
    execute(step.work, sql::derivation::write_flags, by_column(touched), row_ids, by_column(rows));
    for (const auto& [source, subject] : touched) ids.insert(row_id({source, subject}));
  }
  const auto subjects = subjects_of_changed(step);
  repair_ids.insert(ids.begin(), ids.end());
  if (ids.empty() && subjects.empty()) return;
  struct switched {
    flag_row told;
    std::vector<name_in_source> incidents;
  };
  std::map<std::string, switched> flags;
  std::set<std::string> incidents;
  for (auto& row : query<flag_row>(step.work, sql::derivation::flags_to_derive, ids, subjects)) {
    auto& f = flags[row.id];
    if (!row.incident.empty()) {
      f.incidents.push_back({row.incident, row.incident_source});
      incidents.insert(row.incident);
    }
    f.told = std::move(row);
  }
  known_deployments blamed;
  const auto known = load_known(step, incidents, blamed);
  for (const auto& flag : flags) {
    const auto& id = flag.first;
    const auto& f = flag.second;
    repair_ids.insert(id);
    if (f.told.is_on) continue;
    const auto fits = [&step, &where = f.told.where](const settled& change) {
      return (where.service.empty() || where.service == change.where.service) &&
             (where.environment.empty() ||
              step.settings.blame.names.is_about(where.environment, change.where.environment));
    };
    const auto named = named_incident(f.told.source, told(f.incidents, known));
    std::set<std::string> changes;
    for (const auto& b : named)
      if (const auto c = blamed.find(b.change); c != blamed.end() && fits(c->second)) changes.insert(b.change);
    if (changes.empty() && !named.empty()) changes.insert("");
    for (const auto& change : changes)
      remedies.insert({way::flag, id, change, named.front().thing, f.told.at, f.told.at});
  }
}

std::string id_of(const remedy& r) { return row_id({r.actor, r.change}); }

}

void derive_remedies(derivation& step, const things& touched_flags) {
  auto repair_ids = affected(step);
  std::set<remedy> now;
  add_deployments(step, repair_ids, now);
  add_flags(step, touched_flags, repair_ids, now);
  if (repair_ids.empty()) return;
  const auto stored = query<remedy>(step.work, sql::derivation::remedies_by, repair_ids);
  const std::set<remedy> previous(stored.begin(), stored.end());
  std::vector<remedy> gone, fresh;
  std::ranges::set_difference(previous, now, std::back_inserter(gone));
  std::ranges::set_difference(now, previous, std::back_inserter(fresh));
  if (!gone.empty()) execute(step.work, sql::derivation::delete_remedies, each_of(gone, id_of));
  if (!fresh.empty()) execute(step.work, sql::derivation::insert_remedies, each_of(fresh, id_of), by_column(fresh));
  for (const auto* all : {&gone, &fresh}) step.remedies.insert(step.remedies.end(), all->begin(), all->end());
}

}
