#include <algorithm>

#include "collectors/words.hpp"
#include "daemon/derivation/rows.hpp"
#include "sql/derivation.hpp"

namespace releasehealth::ledger {
namespace {

/// The part of a place's history in which deployments changed.
struct changed_span {
  timestamp begins, last;
  std::set<std::string> live;  ///< after those that were last

  void add(const settled& d) {
    const auto finished = *d.finished_at;
    begins = std::min({begins, finished, d.started_at.value_or(finished)});
    if (finished > last) live.clear();
    last = std::max(last, finished);
    if (finished == last) live.insert(d.live);
  }
};

// What changed deployments may have moved, by their own times and by every name that somebody may have used for them.
things incidents_of(derivation& in) {
  std::vector<std::string_view> ids;
  std::map<place, changed_span> spans;
  for (const auto& [id, d] : in.deployments)
    for (const auto* row : {&d.before, &d.now}) {
      if (!*row || !(*row)->production) continue;
      ids.push_back(id);
      if (!(*row)->finished_at) continue;  // it takes no blame yet, but a name may mean it
      const changed_span none{timestamp::max(), timestamp::min(), {}};
      spans.try_emplace((*row)->where, none).first->second.add(**row);
    }
  things all;
  if (ids.empty()) return all;
  json::array rows;
  for (const auto& [where, span] : spans)
    for (const auto& live : span.live)
      rows.push_back(json::object{{"service", where.service},
                                  {"environment", where.environment},
                                  {"begins", format_time(span.begins)},
                                  {"last", format_time(span.last)},
                                  {"live", live}});
  for (auto& key :
       query<thing_id>(in.work, sql::derivation::incidents_of_deployments, rows, ids, in.names.names, in.names.commits))
    all.insert(std::move(key));
  return all;
}

/// An incident in one of its services.
struct share {
  const incident* of;
  std::string service;
};

json::object as_row(const share& s, const blame& b) {
  const auto& i = *s.of;
  json::array open;
  for (const auto& st : i.stretches)
    open.push_back({{"from", format_time(st.from)}, {"until", time_or_null(st.until)}});
  const auto& last = i.stretches.back();
  return {{"id", row_id({i.thing.source, i.thing.subject, s.service})},
          {"source", i.thing.source},
          {"subject", i.thing.subject},
          {"service", s.service},
          {"environment", b.environment},
          {"production", b.production},
          {"state", word(i.state)},
          {"severity", i.severity ? json::value(i.severity) : json::value(nullptr)},
          {"started_at", format_time(i.started_at)},
          {"detected_at", format_time(i.detected_at)},
          {"acknowledged_at", time_or_null(i.acknowledged_at)},
          {"restored_at", time_or_null(i.restored_at())},
          {"resolved_at", time_or_null(last.until)},
          {"open", std::move(open)},
          {"culprit", i.culprit},
          {"facts", i.facts},
          {"overrides", i.overrides},
          {"blamed", b.change ? json::value(b.change->id) : json::value(nullptr)},
          {"reason", word(b.reason)}};
}

/// A deployment that the blame of the share `n` may depend on.
struct candidate {
  std::size_t n = 0;
  std::string id;
};
BOOST_DESCRIBE_STRUCT(candidate, (), (n, id))

// For each share the deployments that its blame may depend on.
std::vector<std::vector<settled>> load_candidates(transaction& work, const std::vector<share>& shares) {
  json::array asked;
  for (std::size_t n = 0; n < shares.size(); ++n)
    asked.push_back(json::object{{"n", n},
                                 {"service", shares[n].service},
                                 {"started_at", format_time(shares[n].of->started_at)},
                                 {"culprit", shares[n].of->culprit}});
  std::set<std::string> ids;
  std::vector<std::set<std::string>> wanted(shares.size());
  for (auto& c : query<candidate>(work, sql::derivation::blame_candidates, asked)) {
    wanted[c.n].insert(c.id);
    ids.insert(std::move(c.id));
  }
  std::map<std::string, settled> known;
  for (auto& d : load_deployments(work, ids)) known.emplace(d.id, std::move(d));
  std::vector<std::vector<settled>> all(shares.size());
  for (std::size_t n = 0; n < shares.size(); ++n)
    for (const auto& id : wanted[n])
      if (const auto d = known.find(id); d != known.end()) all[n].push_back(d->second);
  return all;
}

}

void derive_incidents(derivation& in) {
  auto affected = incidents_of(in);
  affected.insert(in.touched_incidents.begin(), in.touched_incidents.end());
  if (affected.empty()) return;
  std::map<std::string, incident_row> before;
  for (auto& i : query<incident_row>(in.work, sql::derivation::incidents_of_things, by_column(affected))) {
    auto id = i.id;
    before.emplace(std::move(id), std::move(i));
  }
  fold_incidents(in, affected);
  std::vector<share> shares;
  for (const auto& [key, i] : in.folded) {
    for (const auto& service : i.services) shares.push_back({&i, service});
    if (i.services.empty()) shares.push_back({&i, ""});
  }
  const auto known = load_candidates(in.work, shares);
  json::array rows;
  for (std::size_t n = 0; n < shares.size(); ++n)
    rows.push_back(as_row(shares[n], find_blame(*shares[n].of, shares[n].service, known[n], in.settings.blame)));
  const auto written = query<std::string>(in.work, sql::derivation::write_incidents, by_column(affected), rows);
  const std::set<std::string> ids(written.begin(), written.end());
  for (const auto& id : ids)
    if (const auto was = before.find(id); was != before.end()) in.incidents[id].before = was->second;
  for (auto& i : load_incidents(in.work, ids)) in.incidents[i.id].now = std::move(i);
  for (const auto& [id, i] : in.incidents)
    for (const auto* row : {&i.before, &i.now})
      if (*row) in.places.insert((*row)->where);
}

}
