#include "collectors/words.hpp"
#include "daemon/derivation/rows.hpp"
#include "sql/derivation.hpp"

namespace releasehealth::ledger {
namespace {

bool has_title(const deployment& d) {
  return !text_at(d.facts, "/title").empty() || !text_at(d.commit_facts, "/title").empty();
}

// The repository of its commit if that is one of its source repositories, otherwise the first of these.
std::string repository_of(const deployment& d, const naming& names) {
  const auto own = source_repositories(names, d);
  const auto of_commit = names.repositories().key(text_at(d.commit_facts, "/repository"));
  if (!of_commit.empty() && is_one_of(of_commit, own)) return std::string(without_host(of_commit));
  return own.empty() ? std::string() : std::string(without_host(own.front()));
}

/// The reported values of a deployment, as parameters of differing_deployments.sql and write_deployments.sql.
struct told_row {
  std::string_view id, state;
  std::optional<timestamp> created_at, started_at, finished_at;
  std::string_view version, commit;
  const json::object *facts, *commit_facts, *overrides;
  bool production;
  std::optional<timestamp> first_commit_at;
  std::string_view tag_version;
  std::string commit_tokens, version_key, identity_keys;
  const releasehealth::identity* identity;
  bool commit_known;
  std::string repository;
  std::string_view awaited_commit;

  told_row(std::string_view name, const deployment& d, const naming& names)
      : id(name),
        state(word(d.state)),
        created_at(d.created_at),
        started_at(d.started_at),
        finished_at(d.finished_at),
        version(d.version),
        commit(d.commit),
        facts(&d.facts),
        commit_facts(&d.commit_facts),
        overrides(&d.overrides),
        production(names.is_production(d.where.environment)),
        first_commit_at(d.first_commit_at()),
        tag_version(d.tag_version),
        version_key(lookup_key(d.version)),
        identity_keys(d.what.indexed_keys()),
        identity(&d.what),
        commit_known(!d.commit.empty() && d.first_commit_at() && has_title(d)),
        repository(repository_of(d, names)),
        awaited_commit(d.content ? std::string_view(d.content->missing) : std::string_view()) {
    for (const auto& digits : d.commit_digits) commit_tokens.append(commit_tokens.empty() ? "" : " ").append(digits);
  }
};
BOOST_DESCRIBE_STRUCT(told_row, (),
                      (id, state, created_at, started_at, finished_at, version, commit, facts, commit_facts, overrides,
                       production, first_commit_at, tag_version, commit_tokens, version_key, identity_keys, identity,
                       commit_known, repository, awaited_commit))

/// The identifying columns of a deployment and its verdict.
struct verdict_row {
  place where;
  thing_id thing;
  stack_verdict is;
  std::string day_order;

  static constexpr auto columns = std::tuple_cat(
      within(&verdict_row::where, columns_of<place>), within(&verdict_row::thing, columns_of<thing_id>),
      within(&verdict_row::is, columns_of<stack_verdict>), std::tuple(column("day_order", &verdict_row::day_order)));
};

void add_commit_facts(transaction& work, const naming& names, std::vector<deployment>& folded) {
  std::set<std::string> shas;
  for (const auto& d : folded)
    if (!d.commit.empty()) shas.insert(d.commit);
  if (shas.empty()) return;
  std::map<std::string, reports_of_things> reports;
  for (auto& e : query<commit_event>(work, sql::derivation::events_of_commits, shas))
    reports[std::move(e.sha)][std::move(e.thing)].push_back(std::move(e.told));
  for (auto& d : folded)
    if (const auto known = reports.find(d.commit); known != reports.end())
      d.commit_facts =
          fold_commit(reports_of_commit(known->second, source_repositories(names, d), names.repositories()));
}

// What changes bring by their stored verdicts: if that differs, their rows do.
void derive_known_contents(derivation& step, std::vector<deployment>& folded,
                           const std::map<std::string, settled>& stored) {
  std::vector<content_wish> wishes;
  for (auto& d : folded)
    if (const auto known = stored.find(deployment_id(d.thing, d.where));
        known != stored.end() && known->second.commit == d.commit)
      wishes.push_back(
          {&d, known->second.is_change, known->second.kind == deployment_kind::hotfix, known->second.below});
  derive_contents(step, wishes);
}

// The deployment as remediation and attribution read it, before the stack gives its verdict.
settled as_settled(const std::string& id, const deployment& d, const naming& names) {
  settled s;
  s.id = id;
  s.thing = d.thing;
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

void derive_deployments(derivation& step, const things& touched) {
  if (touched.empty()) return;
  const auto& names = step.settings.blame.names;
  std::map<std::string, settled> gone;
  for (auto& d : query<settled>(step.work, sql::derivation::deployments_of_things, by_column(touched))) {
    auto id = d.id;
    gone.emplace(std::move(id), std::move(d));
  }
  std::vector<deployment> folded;
  for (auto& [key, told] : take_reports(step, thing_type::deployment, touched))
    for (auto& d : fold_deployment(key, std::move(told), names)) folded.push_back(std::move(d));
  for (auto& d : folded) choose_artifacts(d, step.settings.images, names);
  resolve_commits(step.work, names, folded);
  for (auto& d : folded) complete_identity(d, names);
  add_commit_facts(step.work, names, folded);
  derive_known_contents(step, folded, gone);
  std::vector<told_row> stored;
  std::map<std::string, settled> unchanged;
  for (auto& d : folded) {
    auto id = deployment_id(d.thing, d.where);
    const auto& [name, now] = *step.fresh.emplace(std::move(id), fresh_deployment{std::move(d)}).first;
    auto known = gone.extract(name);
    if (!known) continue;
    if (known.mapped().commit != now.told.commit) {  // differs without a query, as after a late tag
      step.deployments[name].previous = std::move(known.mapped());
      continue;
    }
    stored.emplace_back(name, now.told, names);
    unchanged.insert(std::move(known));
  }
  std::set<std::string> ids;
  for (auto& [id, previous] : gone) {  // no report names its target any more
    step.deployments[id].previous = std::move(previous);
    ids.insert(id);
  }
  if (!ids.empty()) execute(step.work, sql::derivation::delete_deployments, ids);
  if (!unchanged.empty())
    for (const auto& id : query<std::string>(step.work, sql::derivation::differing_deployments, by_column(stored)))
      step.deployments[id].previous = std::move(unchanged.extract(id).mapped());
  for (const auto& [id, was] : unchanged) step.fresh.erase(id);
  for (const auto& [id, d] : step.fresh) step.deployments[id].now = as_settled(id, d.told, names);
}

void write_deployments(derivation& step, const std::vector<std::string>& ids) {
  if (ids.empty()) return;
  std::vector<content_wish> wishes;
  for (const auto& id : ids) {
    auto& [d, verdict] = step.fresh.at(id);
    wishes.push_back({&d, verdict.is_change, verdict.kind == deployment_kind::hotfix, verdict.below});
  }
  derive_contents(step, wishes);
  std::vector<told_row> told;
  std::vector<verdict_row> verdicts;
  for (const auto& id : ids) {
    const auto& d = step.fresh.at(id);
    told.emplace_back(id, d.told, step.settings.blame.names);
    verdicts.push_back({d.told.where, d.told.thing, d.verdict, d.told.day_order()});
  }
  execute(step.work, sql::derivation::write_deployments, by_column(told), by_column(verdicts));
}

}
