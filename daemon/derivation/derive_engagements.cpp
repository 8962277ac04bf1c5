#include <algorithm>

#include "collectors/words.hpp"
#include "daemon/derivation/rows.hpp"
#include "daemon/timeline/engagement.hpp"
#include "sql/derivation.hpp"
#include "sql/queries.hpp"

namespace releasehealth::ledger {

template <>
inline constexpr auto columns_of<work> =
    std::tuple_cat(within(&work::thing, columns_of<thing_id>),
                   std::tuple(column("person", &work::person), column("incident", &work::incident),
                              column("service", &work::service), column("begins", &work::begin),
                              column("ends", &work::end), column("seconds", &work::seconds), column("at", &work::at)));

template <>
inline constexpr auto columns_of<engagement> = std::tuple(column("method", &engagement::measured_by),
                                                          column("person", &engagement::person),
                                                          column("at", &engagement::from),
                                                          column("until", &engagement::until),
                                                          column("seconds", &engagement::seconds));

namespace {

// Returns the names of incidents that touched work refers to, or referred to before.
std::set<std::string> write_work(derivation& step, const things& touched) {
  std::set<std::string> named;
  if (touched.empty()) return named;
  std::vector<work> rows;
  for (auto& [key, told] : take_reports(step, thing_type::work, touched))
    if (auto w = fold_work(key, std::move(told), step.settings.blame.names)) rows.push_back(std::move(*w));
  const auto ids = each_of(rows, [](const work& w) { return row_id({w.thing.source, w.thing.subject}); });
  for (auto& incident :
       query<std::string>(step.work, sql::derivation::write_work, by_column(touched), ids, by_column(rows)))
    named.insert(std::move(incident));
  return named;
}

/// A member of an incident that work may mean by its name.
struct worked_on {
  std::string source;  ///< of the member; empty: no member has that name
  thing_id incident;
  int position = 0;
};

/// Work, one row for each member that it may mean.
struct work_row {
  work told;
  worked_on may_mean;

  static constexpr auto columns =
      std::tuple_cat(within(&work_row::told, columns_of<work>),
                     std::tuple(column("member_source", &work_row::may_mean, &worked_on::source),
                                column("joined_source", &work_row::may_mean, &worked_on::incident, &thing_id::source),
                                column("joined_subject", &work_row::may_mean, &worked_on::incident, &thing_id::subject),
                                column("position", &work_row::may_mean, &worked_on::position)));
};

/// Work, and the members that it may mean.
struct named_work {
  work told;
  std::vector<worked_on> may_mean;

  // The member of the same source; otherwise the first member, if all of them belong to one incident.
  const worked_on* meant() const {
    const auto own = std::ranges::find(may_mean, told.thing.source, &worked_on::source);
    if (own != may_mean.end()) return &*own;
    const auto is_first = [&](const worked_on& m) { return m.incident == may_mean.front().incident; };
    return !may_mean.empty() && std::ranges::all_of(may_mean, is_first) ? &may_mean.front() : nullptr;
  }
};

std::map<thing_id, named_work> load_work(transaction& work, const std::set<std::string>& subjects,
                                         const things& touched) {
  std::map<thing_id, named_work> all;
  for (auto& row : query<work_row>(work, sql::derivation::work_of_incidents, subjects, by_column(touched))) {
    auto& w = all[row.told.thing];
    if (!row.may_mean.source.empty()) w.may_mean.push_back(std::move(row.may_mean));
    w.told = std::move(row.told);
  }
  return all;
}

/// A stretch of a person's time on a thing, in a target.
struct engagement_row {
  std::string id;
  thing_type type;
  thing_id thing;
  place where;
  engagement is;
  std::string piece;  ///< row_id() of the work that reports it; empty: none

  static constexpr auto columns = std::tuple_cat(
      std::tuple(column("id", &engagement_row::id), column("thing", &engagement_row::type)),
      within(&engagement_row::thing, columns_of<thing_id>), within(&engagement_row::where, columns_of<place>),
      within(&engagement_row::is, columns_of<engagement>), std::tuple(column("piece", &engagement_row::piece)));
};

engagement_row as_row(thing_type type, const thing_id& thing, const place& where, const engagement& e,
                      const std::string& piece) {
  const auto since = format_time(e.from), until = e.until ? format_time(*e.until) : std::string();
  const auto seconds = e.seconds ? std::to_string(*e.seconds) : std::string();
  auto id = row_id({word(type), thing.source, thing.subject, where.service, where.environment, word(e.measured_by),
                    e.person, since, until, seconds, piece});
  return {std::move(id), type, thing, where, e, piece};
}

// Work that names one of the incident's services counts only there.
bool counts_in(const work& w, const incident& i, const std::string& service) {
  return w.service.empty() || w.service == service || !std::ranges::binary_search(i.services, w.service);
}

void add_incident(std::vector<engagement_row>& rows, const incident& i, const std::vector<work>& naming_it,
                  const place& where, duration cap) {
  const auto best = engagements_of(i, naming_it, cap);
  if (best.empty() || best.front().measured_by != method::reported) {
    for (const auto& e : best) rows.push_back(as_row(thing_type::incident, i.thing, where, e, ""));
    return;
  }
  for (const auto& w : naming_it)
    if (const auto e = counts_in(w, i, where.service) ? engagement_of(w) : std::nullopt)
      rows.push_back(as_row(thing_type::incident, i.thing, where, *e, row_id({w.thing.source, w.thing.subject})));
}

// The anonymous person of a team counts only while no known member of the team works, so the figures of the team's
// other services change too.
void add_team_mates(derivation& step, const std::set<std::string>& services) {
  std::map<std::string, std::set<place>> places_of;
  std::set<std::string> teams;
  for (const auto& [where, is] : query<known_place>(step.work, sql::queries::places)) {
    auto team = step.settings.blame.names.team(where.service);
    if (team.empty()) team = is.team;
    if (team.empty()) continue;
    if (services.contains(where.service)) teams.insert(team);
    places_of[team].insert(where);
  }
  for (const auto& team : teams) step.places.insert(places_of[team].begin(), places_of[team].end());
}

// Adds the incidents that work with these names may mean and all other names of those incidents, transitively.
void add_namesakes(transaction& work, std::set<std::string>& subjects, things& incidents) {
  for (std::size_t known = 0; known < subjects.size();) {
    known = subjects.size();
    for (auto& key : query<thing_id>(work, sql::derivation::incidents_of_subjects, subjects))
      incidents.insert(std::move(key));
    for (auto& m : query<thing_id>(work, sql::derivation::members_of_joined, by_column(incidents)))
      subjects.insert(std::move(m.subject));
  }
}

}

void derive_engagements(derivation& step, const things& touched_work) {
  auto incidents = step.changed_incidents();
  incidents.insert(step.touched_incidents.begin(), step.touched_incidents.end());
  auto subjects = write_work(step, touched_work);
  subjects.merge(subjects_of_changed(step));
  if (subjects.empty() && touched_work.empty()) return;
  add_namesakes(step.work, subjects, incidents);
  auto pieces = touched_work;
  std::map<thing_id, std::map<int, std::vector<work>>> naming;  // by position of the member; only the first counts
  std::vector<engagement_row> rows;
  for (const auto& [key, w] : load_work(step.work, subjects, touched_work)) {
    pieces.insert(key);
    const auto e = engagement_of(w.told);
    if (!e) continue;
    if (const auto* meant = w.meant())
      naming[meant->incident][meant->position].push_back(w.told);
    else if (!w.told.service.empty())
      rows.push_back(as_row(thing_type::work, key, {w.told.service, ""}, *e, row_id({key.source, key.subject})));
  }
  std::map<thing_id, std::vector<incident_row>> stored;
  for (auto& i : query<incident_row>(step.work, sql::derivation::incidents_of_things, by_column(incidents))) {
    const auto key = i.told.thing;
    stored[key].push_back(std::move(i));
  }
  fold_incidents(step, incidents);
  const std::vector<work> none;
  for (const auto& key : incidents) {
    const auto i = step.folded.find(key);
    if (i == step.folded.end()) continue;
    for (const auto& row : stored[key])
      if (row.production && !row.where.service.empty())
        add_incident(rows, i->second, naming[key].empty() ? none : naming[key].begin()->second, row.where,
                     step.settings.duration_cap);
  }
  std::set<std::string> services;
  for (auto& where : query<place>(step.work, sql::derivation::write_engagements, by_column(incidents),
                                  by_column(pieces), by_column(rows))) {
    services.insert(where.service);
    step.places.insert(std::move(where));
  }
  if (!services.empty()) add_team_mates(step, services);
}

}
