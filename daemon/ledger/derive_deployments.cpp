#include "daemon/ledger/derivation.hpp"
#include "sql.hpp"

namespace releasehealth::ledger {
namespace {

json::object told_row(const std::string& id, const deployment& d, const naming& names) {
  return {{"id", id},
          {"service", d.where.service},
          {"environment", d.where.environment},
          {"source", d.source},
          {"subject", d.subject},
          {"state", d.state},
          {"created_at", time_or_null(d.created_at)},
          {"started_at", time_or_null(d.started_at)},
          {"finished_at", time_or_null(d.finished_at)},
          {"version", d.version},
          {"commit", d.commit},
          {"facts", d.facts},
          {"commit_facts", d.commit_facts},
          {"overrides", d.overrides},
          {"production", names.is_production(d.where.environment)},
          {"first_commit_at", time_or_null(d.first_commit_at())}};
}

void add_verdict(json::object& row, const stack_verdict& v) {
  row["kind"] = text_or_null(v.kind);
  row["kind_reason"] = v.kind.empty() ? json::value(nullptr) : json::value(v.reason);
  row["kind_evidence"] = v.evidence;
  row["is_change"] = v.is_change;
  row["live"] = text_or_null(v.live);
  row["below"] = text_or_null(v.below);
  row["covers_since"] = time_or_null(v.covers_since);
  row["rolled_back_by"] = text_or_null(v.rolled_back_by);
}

void add_commit_facts(pqxx::transaction_base& work, std::vector<deployment>& folded) {
  std::set<std::string> shas;
  for (const auto& d : folded)
    if (!d.commit.empty()) shas.insert(d.commit);
  if (shas.empty()) return;
  std::map<std::string, std::vector<report>> reports;
  for (const auto& row : run(work, sql::ledger_events_of_commits, text_array(shas)))
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
  s.where = d.where;
  s.production = names.is_production(d.where.environment);
  s.state = d.state;
  s.version = d.version;
  s.commit = d.commit;
  s.started_at = d.started_at;
  s.finished_at = d.finished_at;
  s.fixes = text_at(d.facts, "/fixes");
  s.incident = text_at(d.facts, "/incident");
  return s;
}

}

void derive_deployments(derivation& in, const things& touched) {
  if (touched.empty()) return;
  const auto& names = in.settings.blame.names;
  const auto [sources, subjects] = thing_arrays(touched);
  std::map<std::string, settled> gone;
  for (const auto& row : run(in.work, sql::ledger_deployments_of_things, sources, subjects)) {
    auto d = read_settled(row);
    gone.emplace(d.id, std::move(d));
  }
  std::vector<deployment> folded;
  for (auto& [key, told] : take_reports(in, "deployment", touched))
    for (auto& d : fold_deployment(key.first, key.second, std::move(told), names)) folded.push_back(std::move(d));
  add_commit_facts(in.work, folded);
  json::array stored;
  std::map<std::string, settled> unchanged;
  for (auto& d : folded) {
    const auto id = deployment_id(d.source, d.subject, d.where);
    if (auto known = gone.extract(id)) {
      stored.push_back(told_row(id, d, names));
      unchanged.insert(std::move(known));
    }
    in.fresh.emplace(id, fresh_deployment{std::move(d)});
  }
  std::set<std::string> ids;
  for (auto& [id, before] : gone) {  // no report names its place any more
    in.deployments[id].before = std::move(before);
    ids.insert(id);
  }
  if (!ids.empty()) run(in.work, sql::ledger_delete_deployments, text_array(ids));
  if (!stored.empty())
    for (const auto& row : run(in.work, sql::ledger_differing_deployments, json::serialize(stored)))
      in.deployments[text(row[0])].before = std::move(unchanged.extract(text(row[0])).mapped());
  for (const auto& [id, was] : unchanged) in.fresh.erase(id);
  for (const auto& [id, d] : in.fresh) in.deployments[id].now = as_settled(id, d.told, names);
}

void write_deployments(derivation& in, const std::vector<std::string>& ids) {
  if (ids.empty()) return;
  json::array rows;
  for (const auto& id : ids) {
    const auto& d = in.fresh.at(id);
    auto row = told_row(id, d.told, in.settings.blame.names);
    add_verdict(row, d.verdict);
    rows.push_back(std::move(row));
  }
  run(in.work, sql::ledger_write_deployments, json::serialize(rows));
}

}
