#include "daemon/database/binary_array.hpp"
#include "daemon/derivation/derivation.hpp"
#include "sql/derivation.hpp"

namespace releasehealth::ledger {
namespace {

/// What reports say of deployments, as differing_deployments.sql and write_deployments.sql take it.
struct told_columns {
  binary_array id{binary_array::text}, state{binary_array::text}, created_at{binary_array::timestamptz},
      started_at{binary_array::timestamptz}, finished_at{binary_array::timestamptz}, version{binary_array::text},
      commit{binary_array::text}, facts{binary_array::text}, commit_facts{binary_array::text},
      overrides{binary_array::text}, production{binary_array::text}, first_commit_at{binary_array::timestamptz};

  void add(const std::string& name, const deployment& d, const naming& names) {
    id.add(name);
    state.add(d.state);
    created_at.add(d.created_at);
    started_at.add(d.started_at);
    finished_at.add(d.finished_at);
    version.add(d.version);
    commit.add(d.commit);
    facts.add(json::serialize(d.facts));
    commit_facts.add(json::serialize(d.commit_facts));
    overrides.add(json::serialize(d.overrides));
    production.add(names.is_production(d.where.environment) ? "true" : "false");
    first_commit_at.add(d.first_commit_at());
  }
  template <class... More>
  pqxx::result give(transaction& work, std::string_view statement, const More&... more) const {
    return run(work, statement, id.parameter(), state.parameter(), created_at.parameter(), started_at.parameter(),
               finished_at.parameter(), version.parameter(), commit.parameter(), facts.parameter(),
               commit_facts.parameter(), overrides.parameter(), production.parameter(), first_commit_at.parameter(),
               more.parameter()...);
  }
};

/// Whose they are, and the stack's verdict.
struct verdict_columns {
  binary_array day_order{binary_array::text}, service{binary_array::text}, environment{binary_array::text},
      source{binary_array::text}, subject{binary_array::text}, kind{binary_array::text}, reason{binary_array::text},
      evidence{binary_array::text}, is_change{binary_array::text}, live{binary_array::text}, below{binary_array::text},
      covers_since{binary_array::timestamptz}, rolled_back_by{binary_array::text};

  void add(const fresh_deployment& d) {
    const auto or_null = [](binary_array& to, const std::string& value, bool is_known) {
      is_known ? to.add(value) : to.add_null();
    };
    const auto& v = d.verdict;
    day_order.add(d.told.day_order());
    service.add(d.told.where.service);
    environment.add(d.told.where.environment);
    source.add(d.told.source);
    subject.add(d.told.subject);
    or_null(kind, v.kind, !v.kind.empty());
    or_null(reason, v.reason, !v.kind.empty());
    evidence.add(v.evidence);
    is_change.add(v.is_change ? "true" : "false");
    or_null(live, v.live, !v.live.empty());
    or_null(below, v.below, !v.below.empty());
    covers_since.add(v.covers_since);
    or_null(rolled_back_by, v.rolled_back_by, !v.rolled_back_by.empty());
  }
};

void add_commit_facts(transaction& work, std::vector<deployment>& folded) {
  std::set<std::string> shas;
  for (const auto& d : folded)
    if (!d.commit.empty()) shas.insert(d.commit);
  if (shas.empty()) return;
  std::map<std::string, std::vector<report>> reports;
  for (const auto& row : run(work, sql::derivation::events_of_commits, text_array(shas)))
    reports[text(row["sha"])].push_back(read_report(row));
  for (auto& d : folded)
    if (const auto known = reports.find(d.commit); known != reports.end()) d.commit_facts = fold_commit(known->second);
}

// As remedies and blame look at it, before the stack has spoken.
settled as_settled(const std::string& id, const deployment& d, const naming& names) {
  settled s;
  s.id = id;
  s.source = d.source;
  s.subject = d.subject;
  s.day_order = d.day_order();
  s.where = d.where;
  s.production = names.is_production(d.where.environment);
  s.state = d.state;
  s.version = d.version;
  s.commit = d.commit;
  s.started_at = d.started_at;
  s.finished_at = d.finished_at;
  s.fixes = text_at(d.facts, "/fixes");
  s.incident = text_at(d.facts, "/incident");
  if (const auto* failed = d.overrides.if_contains("failed"); failed && failed->is_bool())
    s.failed_by_hand = failed->get_bool();
  return s;
}

}

void derive_deployments(derivation& in, const things& touched) {
  if (touched.empty()) return;
  const auto& names = in.settings.blame.names;
  const auto [sources, subjects] = thing_arrays(touched);
  std::map<std::string, settled> gone;
  for (const auto& row : run(in.work, sql::derivation::deployments_of_things, sources, subjects)) {
    auto d = read_settled(row);
    gone.emplace(d.id, std::move(d));
  }
  std::vector<deployment> folded;
  for (auto& [key, told] : take_reports(in, "deployment", touched))
    for (auto& d : fold_deployment(key.first, key.second, std::move(told), names)) folded.push_back(std::move(d));
  add_commit_facts(in.work, folded);
  told_columns stored;
  std::map<std::string, settled> unchanged;
  for (auto& d : folded) {
    const auto id = deployment_id(d.source, d.subject, d.where);
    if (auto known = gone.extract(id)) {
      stored.add(id, d, names);
      unchanged.insert(std::move(known));
    }
    in.fresh.emplace(id, fresh_deployment{std::move(d)});
  }
  std::set<std::string> ids;
  for (auto& [id, before] : gone) {  // no report names its place any more
    in.deployments[id].before = std::move(before);
    ids.insert(id);
  }
  if (!ids.empty()) run(in.work, sql::derivation::delete_deployments, text_array(ids));
  if (!unchanged.empty())
    for (const auto& row : stored.give(in.work, sql::derivation::differing_deployments))
      in.deployments[text(row[0])].before = std::move(unchanged.extract(text(row[0])).mapped());
  for (const auto& [id, was] : unchanged) in.fresh.erase(id);
  for (const auto& [id, d] : in.fresh) in.deployments[id].now = as_settled(id, d.told, names);
}

void write_deployments(derivation& in, const std::vector<std::string>& ids) {
  if (ids.empty()) return;
  told_columns told;
  verdict_columns verdicts;
  for (const auto& id : ids) {
    const auto& d = in.fresh.at(id);
    told.add(id, d.told, in.settings.blame.names);
    verdicts.add(d);
  }
  const auto& v = verdicts;
  told.give(in.work, sql::derivation::write_deployments, v.service, v.environment, v.source, v.subject, v.kind,
            v.reason, v.evidence, v.is_change, v.live, v.below, v.covers_since, v.rolled_back_by, v.day_order);
}

}
