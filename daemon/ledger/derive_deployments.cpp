#include "daemon/ledger/derivation.hpp"
#include "sql.hpp"

namespace releasehealth::ledger {
namespace {

json::object as_row(const deployment& d, const naming& names) {
  return {{"service", d.where.service},
          {"environment", d.where.environment},
          {"source", d.source},
          {"subject", d.subject},
          {"id", deployment_id(d.source, d.subject, d.where)},
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

void add_commit_facts(pqxx::transaction_base& work, std::vector<deployment>& folded) {
  std::set<std::string> shas;
  for (const auto& d : folded)
    if (!d.commit.empty()) shas.insert(d.commit);
  if (shas.empty()) return;
  std::map<std::string, std::vector<report>> reports;
  for (const auto& row : run(work, sql::ledger_events_of_commits, id_array(shas)))
    reports[text(row["sha"])].push_back(read_report(row));
  for (auto& d : folded)
    if (const auto known = reports.find(d.commit); known != reports.end()) d.commit_facts = fold_commit(known->second);
}

}

void derive_deployments(derivation& in, const things& touched) {
  if (touched.empty()) return;
  const auto [sources, subjects] = thing_arrays(touched);
  std::map<std::string, settled> before;
  for (const auto& row : run(in.work, sql::ledger_deployments_of_things, sources, subjects)) {
    auto d = read_settled(row);
    before.emplace(d.id, std::move(d));
  }
  std::vector<deployment> folded;
  for (auto& [key, told] : load_reports(in.work, "deployment", touched))
    for (auto& d : fold_deployment(key.first, key.second, std::move(told), in.settings.blame.names))
      folded.push_back(std::move(d));
  add_commit_facts(in.work, folded);
  json::array rows;
  for (const auto& d : folded) rows.push_back(as_row(d, in.settings.blame.names));
  std::set<std::string> ids;
  for (const auto& row : run(in.work, sql::ledger_write_deployments, sources, subjects, json::serialize(rows)))
    ids.insert(text(row[0]));
  for (const auto& id : ids)
    if (const auto known = before.find(id); known != before.end()) in.deployments[id].before = known->second;
  for (auto& d : load_deployments(in.work, ids)) in.deployments[d.id].now = std::move(d);
}

}
