#include "daemon/derivation/stack_rows.hpp"

#include "collectors/words.hpp"
#include "sql/derivation.hpp"

namespace releasehealth::ledger {
namespace {

constexpr std::size_t page_size = 200;

std::vector<position_row> positions_of(std::span<const stack_run> runs, stack_position stack_run::*which) {
  std::vector<position_row> all;
  all.reserve(runs.size());
  for (const auto& r : runs) all.push_back({r.where, r.*which});
  return all;
}

/// An element of a stack, with its stored verdict.
struct level_row {
  std::size_t n = 0;  ///< index of the run, from 1
  stacked is;

  static constexpr auto columns =
      std::tuple(column("n", &level_row::n), column("id", &level_row::is, &stacked::id),
                 column("source", &level_row::is, &stacked::kept, &deployment::thing, &thing_id::source),
                 column("subject", &level_row::is, &stacked::kept, &deployment::thing, &thing_id::subject),
                 column("day_order", &level_row::is, &stacked::day_order),
                 column("finished_at", &level_row::is, &stacked::kept, &deployment::finished_at),
                 column("version", &level_row::is, &stacked::kept, &deployment::version),
                 column("identity", &level_row::is, &stacked::kept, &deployment::what),
                 column("kind", &level_row::is, &stacked::was, &stack_verdict::kind),
                 column("is_change", &level_row::is, &stacked::was, &stack_verdict::is_change),
                 column("live", &level_row::is, &stacked::was, &stack_verdict::live),
                 column("below", &level_row::is, &stacked::was, &stack_verdict::below),
                 column("covers_since", &level_row::is, &stacked::was, &stack_verdict::covers_since),
                 column("rolled_back_by", &level_row::is, &stacked::was, &stack_verdict::rolled_back_by));
};

/// An element with the columns that a run reads.
struct page_row {
  level_row level;

  static constexpr auto columns = std::tuple_cat(
      within(&page_row::level, columns_of<level_row>),
      within(&page_row::level,
             within(&level_row::is, std::tuple(column("kind_reason", &stacked::was, &stack_verdict::reason),
                                               column("kind_evidence", &stacked::was, &stack_verdict::evidence),
                                               column("started_at", &stacked::kept, &deployment::started_at),
                                               column("facts", &stacked::kept, &deployment::facts),
                                               column("commit_facts", &stacked::kept, &deployment::commit_facts),
                                               column("overrides", &stacked::kept, &deployment::overrides)))));
};

stacked placed(stacked s, const place& where) {
  s.kept.where = where;
  s.kept.state = deployment_state::succeeded;
  return s;
}

/// An element, and the position before which rollbacks may have returned to it.
struct returned_question {
  std::string_view live;
  stack_position position;

  static constexpr auto columns = std::tuple_cat(std::tuple(column("live", &returned_question::live)),
                                                 within(&returned_question::position, columns_of<stack_position>));
};

struct returned_row {
  std::size_t n = 0;  ///< index of the question, from 1
  identity what;

  static constexpr auto columns = std::tuple(column("n", &returned_row::n), column("identity", &returned_row::what));
};

void load_levels(derivation& step, const std::vector<position_row>& positions, std::vector<stack_run>& runs) {
  const std::int64_t reach = step.settings.stack.rollback_lookback.count();
  std::vector<bool> only_top;
  only_top.reserve(runs.size());
  for (const auto& r : runs) only_top.push_back(!r.needs_all);
  auto levels = query<level_row>(step.work, sql::derivation::stack_at, by_column(positions), reach, only_top);
  if (levels.empty()) return;
  std::vector<returned_question> asked;
  asked.reserve(levels.size());
  for (const auto& level : levels) asked.push_back({level.is.id, positions[level.n - 1].position});
  for (auto& row : query<returned_row>(step.work, sql::derivation::returned_to, by_column(asked))) {
    const auto& level = levels[row.n - 1];
    runs[level.n - 1].returned_to[level.is.id].push_back(std::move(row.what));
  }
  for (auto& [n, is] : levels) runs[n - 1].levels.push_back(placed(std::move(is), runs[n - 1].where));
}

/// A change that a rule may look back at.
struct change_row {
  std::size_t n = 0;  ///< index of the run, from 1
  std::string version;
  timestamp finished_at;
};
BOOST_DESCRIBE_STRUCT(change_row, (), (n, version, finished_at))

/// The columns by which a new deployment may share an identity with a stored one.
struct fresh_row {
  std::string_view service, environment;
  std::string version_key;
  std::string_view commit;
  std::string identity_keys;
};
BOOST_DESCRIBE_STRUCT(fresh_row, (), (service, environment, version_key, commit, identity_keys))

}

void load_starts(derivation& step, std::vector<stack_run>& runs) {
  const auto positions = positions_of(runs, &stack_run::begin);
  for (auto& r : runs) r.next = r.begin;
  load_pages(step, runs);
  for (auto& r : runs) r.needs_all = r.needs_all || !r.page.empty() || r.has_more;
  load_levels(step, positions, runs);
  if (const std::int64_t window = step.settings.stack.rules.longest_within().count(); window > 0)
    for (auto& change : query<change_row>(step.work, sql::derivation::changes_before, by_column(positions), window))
      runs[change.n - 1].changes.emplace_back(std::move(change.version), change.finished_at);
}

void look_for_known(derivation& step, std::vector<stack_run>& runs,
                    const std::vector<std::vector<std::string>>& fresh) {
  constexpr std::int64_t most_of_a_name = 200;
  std::vector<fresh_row> asked;
  std::vector<stack_run*> owners;
  for (std::size_t n = 0; n < runs.size(); ++n)
    for (const auto& id : fresh[n]) {
      const auto& d = step.fresh.at(id).told;
      asked.push_back({runs[n].where.service, runs[n].where.environment,
                       d.what.is_moving ? std::string() : lookup_key(d.what.version), d.what.commit,
                       d.what.indexed_keys()});
      owners.push_back(&runs[n]);
    }
  if (owners.empty()) return;
  for (const auto n : query<std::size_t>(step.work, sql::derivation::may_be_known, by_column(asked), most_of_a_name))
    owners[n - 1]->needs_all = true;
}

void load_pages(derivation& step, std::span<stack_run> runs) {
  std::vector<std::size_t> found(runs.size());
  for (auto& r : runs) {
    r.page.clear();
    r.has_more = false;
  }
  const auto positions = positions_of(runs, &stack_run::next);
  for (auto& [level] :
       query<page_row>(step.work, sql::derivation::deployments_from, by_column(positions), page_size + 1)) {
    auto& r = runs[level.n - 1];
    auto s = placed(std::move(level.is), r.where);
    if (++found[level.n - 1] > page_size) {
      r.next = s.at();
      r.has_more = true;
      continue;
    }
    if (!step.fresh.contains(s.id)) r.page.push_back(std::move(s));
  }
}

}
