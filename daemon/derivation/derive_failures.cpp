#include "collectors/words.hpp"
#include "daemon/derivation/rows.hpp"
#include "sql/derivation.hpp"

namespace releasehealth::ledger {
namespace {

using remedies_by_key = std::map<std::string, std::vector<remedy>>;
using blaming_by_change = std::map<std::string, std::vector<blaming>>;

blaming_by_change load_blaming(transaction& work, const std::set<std::string>& changes) {
  blaming_by_change all;
  const std::set<std::string> no_ids;
  for (auto& i : query<incident_row>(work, sql::derivation::incidents_about, changes, no_ids, by_column(things())))
    all[i.told.change].push_back(std::move(i.told));
  return all;
}

// Writes rows and notes the targets of those that differed.
template <class Row>
void write(derivation& step, std::string_view statement, const std::vector<Row>& rows) {
  if (rows.empty()) return;
  for (const auto& [id, where] : query<written_row>(step.work, statement, by_column(rows))) step.note(id, where);
}

struct failure_row {
  std::string id;  ///< the id of the change
  failure is;

  static constexpr auto columns =
      std::tuple(column("id", &failure_row::id), column("failed", &failure_row::is, &failure::failed),
                 column("issue_at", &failure_row::is, &failure::issue_at),
                 column("recovered_at", &failure_row::is, &failure::recovered_at),
                 column("first_remedy", &failure_row::is, &failure::first));
};

struct response_row {
  std::string id;  ///< the id of the hotfix
  std::optional<timestamp> response_from;
};
BOOST_DESCRIBE_STRUCT(response_row, (), (id, response_from))

void write_failures(derivation& step, const std::set<std::string>& changes) {
  const auto blaming = load_blaming(step.work, changes);
  remedies_by_key remedies;
  for (auto& r : load_remedies(step.work, changes, {})) remedies[r.change].push_back(std::move(r));
  std::vector<failure_row> rows;
  for_deployments(step, changes, [&](const settled& d) {
    const auto blamed = blaming.find(d.id);
    const auto remedied = remedies.find(d.id);
    const auto f = !d.is_change ? failure()
                                : judge_change(blamed == blaming.end() ? std::span<const releasehealth::blaming>()
                                                                       : std::span(blamed->second),
                                               remedied == remedies.end() ? std::span<const remedy>()
                                                                          : std::span(remedied->second),
                                               d.failed_by_hand);
    const auto known = step.deployments.find(d.id);
    if (f == failure() && known != step.deployments.end() && !known->second.previous)
      return;  // the defaults of a new row
    rows.push_back({d.id, f});
  });
  write(step, sql::derivation::write_failures, rows);
}

void write_responses(derivation& step, const std::set<std::string>& hotfixes) {
  if (hotfixes.empty()) return;
  std::map<std::string, std::set<std::string>> changes_of;
  std::set<std::string> changes;
  for (const auto& r : query<remedy>(step.work, sql::derivation::remedies_by, hotfixes)) {
    if (r.by_way != way::hotfix || r.change.empty()) continue;
    changes_of[r.actor].insert(r.change);
    changes.insert(r.change);
  }
  const auto blaming = load_blaming(step.work, changes);
  std::vector<response_row> rows;
  for_deployments(step, hotfixes, [&](const settled& h) {
    std::vector<releasehealth::blaming> of_remedied;
    for (const auto& change : changes_of[h.id])
      if (const auto b = blaming.find(change); b != blaming.end())
        of_remedied.insert(of_remedied.end(), b->second.begin(), b->second.end());
    rows.push_back({h.id, h.kind == deployment_kind::hotfix ? response_from(h, of_remedied) : std::nullopt});
  });
  write(step, sql::derivation::write_responses, rows);
}

}

void derive_failures(derivation& step) {
  auto changes = step.blamed_changes();
  auto& hotfixes = step.hotfixes;
  for (const auto& r : step.remedies) {
    if (!r.change.empty()) changes.insert(r.change);
    if (r.by_way == way::hotfix) hotfixes.insert(r.actor);
  }
  for (const auto& [id, d] : step.deployments)
    for (const auto* row : {&d.previous, &d.now}) {
      if (*row && (*row)->is_change) changes.insert(id);
      if (*row && (*row)->kind == deployment_kind::hotfix) hotfixes.insert(id);
    }
  if (!changes.empty()) {
    write_failures(step, changes);
    for (const auto& r : load_remedies(step.work, step.blamed_changes(), {}))
      if (r.by_way == way::hotfix) hotfixes.insert(r.actor);
  }
  write_responses(step, hotfixes);
}

}
