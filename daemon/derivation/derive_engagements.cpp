#include <algorithm>

#include "daemon/derivation/derivation.hpp"
#include "daemon/timeline/engagement.hpp"
#include "sql/derivation.hpp"
#include "sql/queries.hpp"

namespace releasehealth::ledger {
namespace {

std::optional<std::int64_t> whole(const pqxx::field& f) {
  return f.is_null() ? std::nullopt : std::optional(f.as<std::int64_t>());
}

// The names of the incidents that touched work means, or meant.
std::set<std::string> write_work(derivation& in, const things& touched) {
  std::set<std::string> named;
  if (touched.empty()) return named;
  const auto [sources, subjects] = thing_arrays(touched);
  json::array rows;
  for (auto& [key, told] : take_reports(in, "work", touched))
    if (const auto w = fold_work(key.first, key.second, std::move(told), in.settings.blame.names))
      rows.push_back(json::object{{"id", row_id({w->source, w->subject})},
                                  {"source", w->source},
                                  {"subject", w->subject},
                                  {"person", w->person},
                                  {"incident", w->incident},
                                  {"service", w->service},
                                  {"begins", time_or_null(w->begin)},
                                  {"ends", time_or_null(w->end)},
                                  {"seconds", w->seconds ? json::value(*w->seconds) : json::value(nullptr)},
                                  {"at", format_time(w->at)}});
  for (const auto& row : run(in.work, sql::derivation::write_work, sources, subjects, json::serialize(rows)))
    named.insert(text(row[0]));
  return named;
}

/// Work with the incident that it means: of its own source, else of the only other one that has it.
struct placed_work {
  work told;
  std::optional<thing_key> incident;
};

std::vector<placed_work> load_work(derivation& in, const std::set<std::string>& incident_subjects,
                                   const things& touched) {
  std::vector<placed_work> all;
  const auto [sources, subjects] = thing_arrays(touched);
  for (const auto& row :
       run(in.work, sql::derivation::work_of_incidents, text_array(incident_subjects), sources, subjects)) {
    auto& w = all.emplace_back();
    w.told = {.source = text(row["source"]),
              .subject = text(row["subject"]),
              .person = text(row["person"]),
              .incident = text(row["incident"]),
              .service = text(row["service"]),
              .begin = time_from_microseconds(row["begins"]),
              .end = time_from_microseconds(row["ends"]),
              .seconds = whole(row["seconds"]),
              .at = *time_from_microseconds(row["at"])};
    std::set<std::string> known;
    const auto sources_of_it = parse_own(row["sources"].c_str());
    for (const auto& s : sources_of_it.as_array()) known.emplace(s.as_string());
    if (known.contains(w.told.source))
      w.incident = thing_key(w.told.source, w.told.incident);
    else if (known.size() == 1)
      w.incident = thing_key(*known.begin(), w.told.incident);
  }
  return all;
}

json::object as_row(std::string_view thing, const thing_key& key, const place& where, const engagement& e,
                    const std::string& piece) {
  const auto from = format_time(e.from), until = e.until ? format_time(*e.until) : std::string();
  const auto seconds = e.seconds ? std::to_string(*e.seconds) : std::string();
  return {{"id", row_id({thing, key.first, key.second, where.service, where.environment, name_of(e.by), e.person, from,
                         until, seconds, piece})},
          {"thing", thing},
          {"source", key.first},
          {"subject", key.second},
          {"service", where.service},
          {"environment", where.environment},
          {"method", name_of(e.by)},
          {"person", e.person},
          {"at", from},
          {"until", text_or_null(until)},
          {"seconds", e.seconds ? json::value(*e.seconds) : json::value(nullptr)},
          {"piece", piece}};
}

// Work that names one of the incident's services counts there alone.
bool counts_in(const work& w, const incident& i, const std::string& service) {
  return w.service.empty() || w.service == service || !std::ranges::binary_search(i.services, w.service);
}

void add_incident(json::array& rows, const incident& i, const std::vector<work>& naming_it, const place& where,
                  duration cap) {
  const thing_key key(i.source, i.subject);
  const auto best = engagements_of(i, naming_it, cap);
  if (best.empty() || best.front().by != method::reported) {
    for (const auto& e : best) rows.push_back(as_row("incident", key, where, e, ""));
    return;
  }
  for (const auto& w : naming_it)
    if (const auto e = counts_in(w, i, where.service) ? engagement_of(w) : std::nullopt)
      rows.push_back(as_row("incident", key, where, *e, row_id({w.source, w.subject})));
}

// Nobody known works only where nobody of the team is known to be at work: the figures of its other services change
// too.
void add_team_mates(derivation& in, const std::set<std::string>& services) {
  std::map<std::string, std::set<place>> places_of;
  std::set<std::string> teams;
  for (const auto& row : run(in.work, sql::queries::places)) {
    const place where{text(row[0]), text(row[1])};
    auto team = in.settings.blame.names.team(where.service);
    if (team.empty()) team = text(row[3]);
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
  for (const auto& row : run(in.work, sql::derivation::incidents_of_subjects, text_array(subjects)))
    incidents.emplace(text(row[0]), text(row[1]));
  auto pieces = touched_work;
  std::map<thing_key, std::vector<work>> naming;
  json::array rows;
  for (auto& w : load_work(in, subjects, touched_work)) {
    pieces.emplace(w.told.source, w.told.subject);
    if (w.incident)
      naming[*w.incident].push_back(std::move(w.told));
    else if (const auto e = engagement_of(w.told); e && !w.told.service.empty())
      rows.push_back(as_row("work", {w.told.source, w.told.subject}, {w.told.service, ""}, *e,
                            row_id({w.told.source, w.told.subject})));
  }
  const auto [incident_sources, incident_subjects] = thing_arrays(incidents);
  std::map<thing_key, std::vector<incident_row>> stored;
  for (const auto& row : run(in.work, sql::derivation::incidents_of_things, incident_sources, incident_subjects)) {
    auto i = read_incident(row);
    stored[{i.told.source, i.told.subject}].push_back(std::move(i));
  }
  fold_incidents(in, incidents);
  for (const auto& key : incidents) {
    const auto i = in.folded.find(key);
    if (i == in.folded.end()) continue;
    for (const auto& row : stored[key])
      if (row.production && !row.where.service.empty())
        add_incident(rows, i->second, naming[key], row.where, in.settings.duration_cap);
  }
  const auto [work_sources, work_subjects] = thing_arrays(pieces);
  std::set<std::string> services;
  for (const auto& row : run(in.work, sql::derivation::write_engagements, incident_sources, incident_subjects,
                             work_sources, work_subjects, json::serialize(rows))) {
    services.insert(text(row[0]));
    in.places.insert({text(row[0]), text(row[1])});
  }
  if (!services.empty()) add_team_mates(in, services);
}

}
