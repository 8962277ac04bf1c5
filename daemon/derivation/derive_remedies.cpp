#include <algorithm>

#include "collectors/words.hpp"
#include "daemon/derivation/rows.hpp"
#include "sql/derivation.hpp"

namespace releasehealth::ledger {
namespace {

using known_deployments = std::map<std::string, settled>;
using known_incidents = std::map<std::string, incident_row>;

void load(const derivation& in, const std::set<std::string>& ids, known_deployments& into) {
  for_deployments(in, ids, [&](const settled& d) { into.emplace(d.id, d); });
}

known_incidents load_known(const derivation& in, const std::set<std::string>& ids, known_deployments& blamed) {
  known_incidents all;
  std::set<std::string> changes;
  for (auto& i : load_incidents(in.work, ids)) {
    if (!i.told.change.empty()) changes.insert(i.told.change);
    all.emplace(i.id, std::move(i));
  }
  load(in, changes, blamed);
  return all;
}

std::set<std::string> subjects_of(const things& all) {
  std::set<std::string> subjects;
  for (const auto& [source, subject] : all) subjects.insert(subject);
  return subjects;
}

bool may_remedy(const settled& d) { return d.kind == deployment_kind::rollback || d.kind == deployment_kind::hotfix; }

// Rollbacks and hotfixes to look at again: those that changed, and those that others depend on.
std::set<std::string> affected(const derivation& in) {
  std::set<std::string> ids;
  json::array deployments, incidents;
  std::map<place, std::pair<timestamp, timestamp>> changed;  // from the first to the last one that finished there
  for (const auto& [id, d] : in.deployments)
    for (const auto* row : {&d.before, &d.now}) {
      if (!*row || !(*row)->production) continue;
      if (may_remedy(**row)) ids.insert(id);
      if (!(*row)->rolled_back_by.empty()) ids.insert((*row)->rolled_back_by);
      if (const auto at = (*row)->finished_at) {
        auto& span = changed.try_emplace((*row)->where, *at, *at).first->second;
        span = {std::min(span.first, *at), std::max(span.second, *at)};
      }
    }
  for (const auto& [where, span] : changed)
    deployments.push_back(json::object{{"service", where.service},
                                       {"environment", where.environment},
                                       {"begins", format_time(span.first)},
                                       {"ends", format_time(span.second + in.settings.blame.window(where.service))}});
  for (const auto& [id, i] : in.incidents)
    for (const auto* row : {&i.before, &i.now})
      if (*row && !(*row)->told.change.empty())
        incidents.push_back(
            json::object{{"blamed", (*row)->told.change},
                         {"begins", format_time((*row)->told.started_at)},
                         {"ends", time_or_null((*row)->told.stretches.empty() ? (*row)->told.started_at
                                                                              : (*row)->told.stretches.back().until)}});
  if (in.deployments.empty() && in.incidents.empty()) return ids;
  for (auto& id : query<std::string>(in.work, sql::derivation::remedies_to_derive, deployments, in.names.names,
                                     in.names.commits, incidents, subjects_of(in.changed_incidents())))
    ids.insert(std::move(id));
  return ids;
}

/// A deployment or an incident that the n-th hotfix or rollback may depend on.
struct candidate_row {
  std::size_t n = 0;
  std::string role, id;
};
BOOST_DESCRIBE_STRUCT(candidate_row, (), (n, role, id))

/// What a hotfix or a rollback that names an incident depends on.
struct candidates {
  std::vector<std::string> fixes, chain, open, named;
};

std::vector<candidates> load_candidates(transaction& work, const std::vector<settled>& of,
                                        const blame_settings& settings) {
  json::array asked;
  for (std::size_t n = 0; n < of.size(); ++n)
    asked.push_back(json::object{{"n", n},
                                 {"id", of[n].id},
                                 {"day_order", of[n].day_order},
                                 {"source", of[n].thing.source},
                                 {"subject", of[n].thing.subject},
                                 {"service", of[n].where.service},
                                 {"environment", of[n].where.environment},
                                 {"started_at", time_or_null(of[n].started_at)},
                                 {"finished_at", time_or_null(of[n].finished_at)},
                                 {"fixes", of[n].fixes},
                                 {"incident", of[n].incident},
                                 {"attribution", settings.window(of[n].where.service).count()}});
  std::vector<candidates> all(of.size());
  if (of.empty()) return all;
  for (auto& row : query<candidate_row>(work, sql::derivation::hotfix_candidates, asked)) {
    auto& c = all[row.n];
    (row.role == "fixes"   ? c.fixes
     : row.role == "chain" ? c.chain
     : row.role == "open"  ? c.open
                           : c.named)
        .push_back(std::move(row.id));
  }
  return all;
}

std::vector<blaming> told(const std::vector<std::string>& ids, const known_incidents& known) {
  std::vector<blaming> all;
  for (const auto& id : ids)
    if (const auto i = known.find(id); i != known.end()) all.push_back(i->second.told);
  return all;
}

std::vector<settled> told(const std::vector<std::string>& ids, const known_deployments& known) {
  std::vector<settled> all;
  for (const auto& id : ids)
    if (const auto d = known.find(id); d != known.end()) all.push_back(d->second);
  return all;
}

void add(std::set<remedy>& to, way by_way, const settled& by, const std::string& change,
         const std::vector<blaming>& named) {
  if (change.empty() && named.empty()) return;
  to.insert({.by_way = by_way,
             .by = by.id,
             .change = change,
             .incident = named.empty() ? thing_id() : named.front().thing,
             .started_at = *by.started_at,
             .finished_at = *by.finished_at});
}

struct popped_change {
  std::string id, rolled_back_by;
};
BOOST_DESCRIBE_STRUCT(popped_change, (), (id, rolled_back_by))

void add_deployments(derivation& in, const std::set<std::string>& ids, std::set<remedy>& to) {
  std::vector<settled> of;
  std::set<std::string> rollbacks;
  for_deployments(in, ids, [&](const settled& d) {
    if (!d.production || d.where.service.empty() || !d.finished_at || !may_remedy(d)) return;
    if (d.kind == deployment_kind::rollback) rollbacks.insert(d.id);
    of.push_back(d);
  });
  std::map<std::string, std::vector<std::string>> popped;
  if (!rollbacks.empty())
    for (auto& change : query<popped_change>(in.work, sql::derivation::popped_by, rollbacks))
      popped[std::move(change.rolled_back_by)].push_back(std::move(change.id));
  const auto all = load_candidates(in.work, of, in.settings.blame);
  std::set<std::string> deployments, incidents;
  for (const auto& c : all) {
    deployments.insert(c.fixes.begin(), c.fixes.end());
    deployments.insert(c.chain.begin(), c.chain.end());
    incidents.insert(c.open.begin(), c.open.end());
    incidents.insert(c.named.begin(), c.named.end());
  }
  known_deployments known;
  load(in, deployments, known);
  const auto known_incident = load_known(in, incidents, known);
  for (std::size_t n = 0; n < of.size(); ++n) {
    const auto& d = of[n];
    const auto named = named_incident(d.thing.source, told(all[n].named, known_incident));
    if (d.kind == deployment_kind::rollback) {
      for (const auto& change : popped[d.id]) add(to, way::rollback, d, change, named);
      if (popped[d.id].empty()) add(to, way::rollback, d, "", named);
      continue;
    }
    const auto open = told(all[n].open, known_incident);
    auto in_place = told(all[n].fixes, known);
    for (const auto* blamed : {&named, &open})
      for (const auto& b : *blamed)
        if (const auto c = known.find(b.change); c != known.end()) in_place.push_back(c->second);
    const auto change =
        remedied_by(d, in_place, named, open, told(all[n].chain, known), in.settings.blame.window(d.where.service));
    add(to, way::hotfix, d, change.value_or(""), named);
  }
}

/// A flag change, once for each incident that it may mean.
struct flag_row {
  std::string id, source;
  place where;
  bool is_on = false;
  timestamp at;
  std::string incident;  ///< id; empty: none

  static constexpr auto columns = std::tuple_cat(
      std::tuple(column("id", &flag_row::id), column("source", &flag_row::source), column("is_on", &flag_row::is_on),
                 column("at", &flag_row::at), column("incident", &flag_row::incident)),
      within(&flag_row::where, columns_of<place>));
};

// A flag that was switched off for an incident remedies the change that it blames, within what the flag says of itself.
void add_flags(derivation& in, const things& touched, std::set<std::string>& by, std::set<remedy>& to) {
  std::set<std::string> ids;
  if (!touched.empty()) {
    json::array rows;
    for (auto& [key, told] : take_reports(in, thing_type::flag, touched))
      if (const auto f = fold_flag(key, std::move(told), in.settings.blame.names))
        rows.push_back(json::object{{"id", row_id({f->thing.source, f->thing.subject})},
                                    {"source", f->thing.source},
                                    {"subject", f->thing.subject},
                                    {"service", f->service},
                                    {"environment", f->environment},
                                    {"flag", f->flag},
                                    {"incident", f->incident},
                                    {"is_on", f->on},
                                    {"at", format_time(f->at)}});
    execute(in.work, sql::derivation::write_flags, by_column(touched), rows);
    for (const auto& [source, subject] : touched) ids.insert(row_id({source, subject}));
  }
  const auto subjects = subjects_of(in.changed_incidents());
  by.insert(ids.begin(), ids.end());
  if (ids.empty() && subjects.empty()) return;
  struct switched {
    flag_row told;
    std::vector<std::string> incidents;
  };
  std::map<std::string, switched> flags;
  std::set<std::string> incidents;
  for (auto& row : query<flag_row>(in.work, sql::derivation::flags_to_derive, ids, subjects)) {
    auto& f = flags[row.id];
    if (!row.incident.empty()) {
      f.incidents.push_back(row.incident);
      incidents.insert(row.incident);
    }
    f.told = std::move(row);
  }
  known_deployments blamed;
  const auto known = load_known(in, incidents, blamed);
  for (const auto& flag : flags) {
    const auto& id = flag.first;
    const auto& f = flag.second;
    by.insert(id);
    if (f.told.is_on) continue;
    const auto fits = [&where = f.told.where](const settled& change) {
      return (where.service.empty() || where.service == change.where.service) &&
             (where.environment.empty() || where.environment == change.where.environment);
    };
    const auto named = named_incident(f.told.source, told(f.incidents, known));
    std::set<std::string> changes;
    for (const auto& b : named)
      if (const auto c = blamed.find(b.change); c != blamed.end() && fits(c->second)) changes.insert(b.change);
    if (changes.empty() && !named.empty()) changes.insert("");
    for (const auto& change : changes) to.insert({way::flag, id, change, named.front().thing, f.told.at, f.told.at});
  }
}

std::string id_of(const remedy& r) { return row_id({r.by, r.change}); }

}

void derive_remedies(derivation& in, const things& touched_flags) {
  auto by = affected(in);
  std::set<remedy> now;
  add_deployments(in, by, now);
  add_flags(in, touched_flags, by, now);
  if (by.empty()) return;
  const auto stored = query<remedy>(in.work, sql::derivation::remedies_by, by);
  const std::set<remedy> before(stored.begin(), stored.end());
  std::set<std::string> gone;
  json::array rows;
  for (const auto& r : before)
    if (!now.contains(r)) {
      gone.insert(id_of(r));
      in.remedies.push_back(r);
    }
  for (const auto& r : now)
    if (!before.contains(r)) {
      rows.push_back(json::object{{"id", id_of(r)},
                                  {"way", word(r.by_way)},
                                  {"by", r.by},
                                  {"change", text_or_null(r.change)},
                                  {"incident_source", text_or_null(r.incident.source)},
                                  {"incident_subject", text_or_null(r.incident.subject)},
                                  {"started_at", format_time(r.started_at)},
                                  {"finished_at", format_time(r.finished_at)}});
      in.remedies.push_back(r);
    }
  if (!gone.empty()) execute(in.work, sql::derivation::delete_remedies, gone);
  if (!rows.empty()) execute(in.work, sql::derivation::insert_remedies, rows);
}

}
