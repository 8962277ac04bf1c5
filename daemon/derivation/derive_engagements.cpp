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
inline constexpr auto columns_of<engagement> = std::tuple(column("method", &engagement::by),
                                                          column("person", &engagement::person),
                                                          column("at", &engagement::from),
                                                          column("until", &engagement::until),
                                                          column("seconds", &engagement::seconds));

namespace {

// The names of the incidents that touched work means, or meant.
std::set<std::string> write_work(derivation& in, const things& touched) {
  std::set<std::string> named;
  if (touched.empty()) return named;
  std::vector<work> rows;
  for (auto& [key, told] : take_reports(in, thing_type::work, touched))
    if (auto w = fold_work(key, std::move(told), in.settings.blame.names)) rows.push_back(std::move(*w));
  const auto ids = each_of(rows, [](const work& w) { return row_id({w.thing.source, w.thing.subject}); });
  for (auto& incident :
       query<std::string>(in.work, sql::derivation::write_work, by_column(touched), ids, by_column(rows)))
    named.insert(std::move(incident));
  return named;
}

struct work_row {
  work told;
  std::vector<std::string> sources;  ///< of the incidents that it may mean

  static constexpr auto columns =
      std::tuple_cat(within(&work_row::told, columns_of<work>), std::tuple(column("sources", &work_row::sources)));
};

// The incident that work means: of its own source, else of the only other one that has it.
std::optional<thing_id> incident_of(const work_row& w) {
  if (std::ranges::find(w.sources, w.told.thing.source) != w.sources.end())
    return thing_id{w.told.thing.source, w.told.incident};
  if (w.sources.size() == 1) return thing_id{w.sources.front(), w.told.incident};
  return {};
}

/// A stretch of somebody's time on a thing, in a place.
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
  const auto from = format_time(e.from), until = e.until ? format_time(*e.until) : std::string();
  const auto seconds = e.seconds ? std::to_string(*e.seconds) : std::string();
  auto id = row_id({word(type), thing.source, thing.subject, where.service, where.environment, word(e.by), e.person,
                    from, until, seconds, piece});
  return {std::move(id), type, thing, where, e, piece};
}

// Work that names one of the incident's services counts there alone.
bool counts_in(const work& w, const incident& i, const std::string& service) {
  return w.service.empty() || w.service == service || !std::ranges::binary_search(i.services, w.service);
}

void add_incident(std::vector<engagement_row>& rows, const incident& i, const std::vector<work>& naming_it,
                  const place& where, duration cap) {
  const auto best = engagements_of(i, naming_it, cap);
  if (best.empty() || best.front().by != method::reported) {
    for (const auto& e : best) rows.push_back(as_row(thing_type::incident, i.thing, where, e, ""));
    return;
  }
  for (const auto& w : naming_it)
    if (const auto e = counts_in(w, i, where.service) ? engagement_of(w) : std::nullopt)
      rows.push_back(as_row(thing_type::incident, i.thing, where, *e, row_id({w.thing.source, w.thing.subject})));
}

// Nobody known works only where nobody of the team is known to be at work: the figures of its other services change
// too.
void add_team_mates(derivation& in, const std::set<std::string>& services) {
  std::map<std::string, std::set<place>> places_of;
  std::set<std::string> teams;
  for (const auto& [where, is] : query<known_place>(in.work, sql::queries::places)) {
    auto team = in.settings.blame.names.team(where.service);
    if (team.empty()) team = is.team;
    if (team.empty()) continue;
    if (services.contains(where.service)) teams.insert(team);
    places_of[team].insert(where);
  }
  for (const auto& team : teams) in.places.insert(places_of[team].begin(), places_of[team].end());
}

}

void derive_engagements(derivation& in, const things& touched_work) {
  auto incidents = in.changed_incidents();
  incidents.insert(in.touched_incidents.begin(), in.touched_incidents.end());
  auto subjects = write_work(in, touched_work);
  for (const auto& [source, subject] : incidents) subjects.insert(subject);
  if (subjects.empty() && touched_work.empty()) return;
  for (auto& key : query<thing_id>(in.work, sql::derivation::incidents_of_subjects, subjects))
    incidents.insert(std::move(key));
  auto pieces = touched_work;
  std::map<thing_id, std::vector<work>> naming;
  std::vector<engagement_row> rows;
  for (auto& w : query<work_row>(in.work, sql::derivation::work_of_incidents, subjects, by_column(touched_work))) {
    pieces.insert(w.told.thing);
    if (const auto incident = incident_of(w))
      naming[*incident].push_back(std::move(w.told));
    else if (const auto e = engagement_of(w.told); e && !w.told.service.empty())
      rows.push_back(as_row(thing_type::work, w.told.thing, {w.told.service, ""}, *e,
                            row_id({w.told.thing.source, w.told.thing.subject})));
  }
  std::map<thing_id, std::vector<incident_row>> stored;
  for (auto& i : query<incident_row>(in.work, sql::derivation::incidents_of_things, by_column(incidents))) {
    const auto key = i.told.thing;
    stored[key].push_back(std::move(i));
  }
  fold_incidents(in, incidents);
  for (const auto& key : incidents) {
    const auto i = in.folded.find(key);
    if (i == in.folded.end()) continue;
    for (const auto& row : stored[key])
      if (row.production && !row.where.service.empty())
        add_incident(rows, i->second, naming[key], row.where, in.settings.duration_cap);
  }
  std::set<std::string> services;
  for (auto& where : query<place>(in.work, sql::derivation::write_engagements, by_column(incidents), by_column(pieces),
                                  by_column(rows))) {
    services.insert(where.service);
    in.places.insert(std::move(where));
  }
  if (!services.empty()) add_team_mates(in, services);
}

}
