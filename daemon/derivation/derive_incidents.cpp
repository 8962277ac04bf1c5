#include <algorithm>

#include "collectors/words.hpp"
#include "daemon/derivation/rows.hpp"
#include "sql/derivation.hpp"

namespace releasehealth::ledger {
namespace {

/// The part of a target's history in which deployments changed.
struct changed_span {
  timestamp begins, last;
  std::set<std::string> live;  ///< after the last of them, which may finish at the same time

  void add(const settled& d) {
    const auto finished = *d.finished_at;
    begins = std::min({begins, finished, d.started_at.value_or(finished)});
    if (finished > last) live.clear();
    last = std::max(last, finished);
    if (finished == last) live.insert(d.live);
  }
};

/// A changed span, one row for each deployment that is live after it.
struct span_row {
  std::string_view service, environment;
  timestamp begins, last;
  std::string_view live;
};
BOOST_DESCRIBE_STRUCT(span_row, (), (service, environment, begins, last, live))

// The incidents whose attribution changed deployments may affect: by time, or by any name that may refer to them.
things incidents_of(derivation& step) {
  std::vector<std::string_view> ids;
  std::map<place, changed_span> spans;
  for (const auto& [id, d] : step.deployments)
    for (const auto* row : {&d.previous, &d.now}) {
      if (!*row || !(*row)->production) continue;
      ids.push_back(id);
      if (!(*row)->finished_at) continue;  // nothing is attributed to it yet, but a name may refer to it
      const changed_span none{timestamp::max(), timestamp::min(), {}};
      spans.try_emplace((*row)->where, none).first->second.add(**row);
    }
  things all;
  if (ids.empty()) return all;
  std::vector<span_row> rows;
  for (const auto& [where, span] : spans)
    for (const auto& live : span.live) rows.push_back({where.service, where.environment, span.begins, span.last, live});
  for (auto& key : query<thing_id>(step.work, sql::derivation::incidents_of_deployments, by_column(rows), ids,
                                   step.names.names, step.names.commits))
    all.insert(std::move(key));
  return all;
}

/// An incident in one of its services.
struct share {
  const incident* whole;
  std::string service;
  std::string id;
};

// Shares use the ids that the member after which the incident is named has when it is not joined, as long as there are
// any left, so that saved links stay valid when an incident is joined and when it is separated again.
std::vector<share> shares_of(const incident& i) {
  std::vector<std::string> services = i.services, unused;
  if (services.empty()) services.push_back("");
  for (const auto& service : i.called_services)
    if (std::ranges::find(services, service) == services.end()) unused.push_back(service);
  if (i.called_services.empty() && services.front() != "") unused.push_back("");
  std::vector<share> all;
  for (const auto& service : services) {
    auto named = service;
    if (std::ranges::find(i.called_services, service) == i.called_services.end() && !unused.empty()) {
      named = unused.front();
      unused.erase(unused.begin());
    }
    all.push_back({&i, service, row_id({i.thing.source, i.thing.subject, named})});
  }
  return all;
}

/// The row of a share, as parameters of write_incidents.sql.
struct share_row {
  std::string id;
  std::string_view source, subject, service;
  std::string environment;
  bool production;
  incident_state state;
  std::optional<int> severity;
  timestamp started_at, detected_at;
  std::optional<timestamp> acknowledged_at, restored_at, resolved_at;
  std::vector<stretch> stretches;
  std::string_view culprit;
  const json::object *facts, *overrides;
  std::optional<std::string_view> blamed;
  std::string_view reason;

  share_row(const share& s, const blame& b)
      : id(s.id),
        source(s.whole->thing.source),
        subject(s.whole->thing.subject),
        service(s.service),
        environment(b.environment),
        production(b.production),
        state(s.whole->state),
        severity(s.whole->severity ? std::optional(s.whole->severity) : std::nullopt),
        started_at(s.whole->started_at),
        detected_at(s.whole->detected_at),
        acknowledged_at(s.whole->acknowledged_at),
        restored_at(s.whole->restored_at()),
        resolved_at(s.whole->stretches.back().until),
        stretches(s.whole->stretches),
        culprit(s.whole->culprit),
        facts(&s.whole->facts),
        overrides(&s.whole->overrides),
        blamed(b.change ? std::optional<std::string_view>(b.change->id) : std::nullopt),
        reason(word(b.reason)) {}
};
BOOST_DESCRIBE_STRUCT(share_row, (),
                      (id, source, subject, service, environment, production, state, severity, started_at, detected_at,
                       acknowledged_at, restored_at, resolved_at, stretches, culprit, facts, overrides, blamed, reason))

/// The parameters that select the deployments on which the attribution of a share may depend.
struct blame_question {
  std::string_view service;
  timestamp started_at;
  std::string_view culprit;
};
BOOST_DESCRIBE_STRUCT(blame_question, (), (service, started_at, culprit))

/// A deployment on which the attribution of a share may depend.
struct candidate {
  std::size_t n = 0;  ///< index of the question, from 1
  std::string id;
};
BOOST_DESCRIBE_STRUCT(candidate, (), (n, id))

// Returns for each share the deployments that its attribution may depend on.
std::vector<std::vector<settled>> load_candidates(transaction& work, const std::vector<share>& shares) {
  std::vector<blame_question> asked;
  for (const auto& s : shares) asked.push_back({s.service, s.whole->started_at, s.whole->culprit});
  std::set<std::string> ids;
  std::vector<std::set<std::string>> wanted(shares.size());
  for (auto& c : query<candidate>(work, sql::derivation::blame_candidates, by_column(asked))) {
    wanted[c.n - 1].insert(c.id);
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

void derive_incidents(derivation& step) {
  auto affected = incidents_of(step);
  affected.insert(step.touched_incidents.begin(), step.touched_incidents.end());
  if (affected.empty()) return;
  std::map<std::string, incident_row> previous;
  for (auto& i : query<incident_row>(step.work, sql::derivation::incidents_of_things, by_column(affected))) {
    auto id = i.id;
    previous.emplace(std::move(id), std::move(i));
  }
  fold_incidents(step, affected);
  std::vector<share> shares;
  for (const auto& [key, i] : step.folded)
    for (auto& s : shares_of(i)) shares.push_back(std::move(s));
  const auto known = load_candidates(step.work, shares);
  std::vector<share_row> rows;
  for (std::size_t n = 0; n < shares.size(); ++n)
    rows.emplace_back(shares[n], find_blame(*shares[n].whole, shares[n].service, known[n], step.settings.blame));
  const auto written =
      query<std::string>(step.work, sql::derivation::write_incidents, by_column(affected), by_column(rows));
  const std::set<std::string> ids(written.begin(), written.end());
  for (const auto& id : ids)
    if (const auto was = previous.find(id); was != previous.end()) step.incidents[id].previous = was->second;
  for (auto& i : load_incidents(step.work, ids)) step.incidents[i.id].now = std::move(i);
  for (const auto& [id, i] : step.incidents)
    for (const auto* row : {&i.previous, &i.now})
      if (*row) step.places.insert((*row)->where);
}

}
