#include "daemon/derivation/stack_rows.hpp"

#include "sql/derivation.hpp"

namespace releasehealth::ledger {
namespace {

constexpr std::size_t page_size = 200;

/// Positions as the statements take them.
struct position_arrays {
  std::vector<std::string> services, environments, finished, day_orders, sources, subjects;

  position_arrays(std::span<const stack_run> runs, stack_position stack_run::*which) {
    for (const auto& r : runs) {
      services.push_back(r.where.service);
      environments.push_back(r.where.environment);
      finished.push_back(format_time((r.*which).finished_at));
      day_orders.push_back((r.*which).day_order);
      sources.push_back((r.*which).source);
      subjects.push_back((r.*which).subject);
    }
  }
  template <class... More>
  pqxx::result ask(transaction& work, std::string_view statement, const More&... more) const {
    return run(work, statement, text_array(services), text_array(environments), text_array(finished),
               text_array(day_orders), text_array(sources), text_array(subjects), more...);
  }
};

std::size_t run_of(const pqxx::row& row) { return row["n"].as<std::size_t>() - 1; }

stacked read_stacked(const pqxx::row& row, const place& where) {
  stacked s;
  s.id = text(row["id"]);
  s.day_order = text(row["day_order"]);
  s.kept.where = where;
  s.kept.source = text(row["source"]);
  s.kept.subject = text(row["subject"]);
  s.kept.state = "succeeded";
  s.kept.finished_at = time_from_microseconds(row["finished_at"]);
  s.kept.version = text(row["version"]);
  s.kept.commit = text(row["commit"]);
  s.was = {.kind = text(row["kind"]),
           .live = text(row["live"]),
           .below = text(row["below"]),
           .rolled_back_by = text(row["rolled_back_by"]),
           .is_change = row["is_change"].as<bool>(),
           .covers_since = time_from_microseconds(row["covers_since"])};
  return s;
}

void load_levels(derivation& in, const position_arrays& at, std::vector<stack_run>& runs) {
  const std::int64_t reach = in.settings.stack.rollback_lookback.count();
  std::vector<std::string> ids, finished, day_orders, sources, subjects;
  std::vector<std::size_t> of;
  std::vector<std::string> only_top;
  only_top.reserve(runs.size());
  for (const auto& r : runs) only_top.emplace_back(r.needs_all ? "false" : "true");
  for (const auto& row : at.ask(in.work, sql::derivation::stack_at, reach, text_array(only_top))) {
    const auto n = run_of(row);
    runs[n].levels.push_back(read_stacked(row, runs[n].where));
    ids.push_back(runs[n].levels.back().id);
    finished.push_back(at.finished[n]);
    day_orders.push_back(at.day_orders[n]);
    sources.push_back(at.sources[n]);
    subjects.push_back(at.subjects[n]);
    of.push_back(n);
  }
  if (ids.empty()) return;
  for (const auto& row : run(in.work, sql::derivation::returned_to, text_array(ids), text_array(finished),
                             text_array(day_orders), text_array(sources), text_array(subjects))) {
    const auto level = run_of(row);
    runs[of[level]].returned_to[ids[level]].push_back({text(row["commit"]), text(row["version"])});
  }
}

}

void load_starts(derivation& in, std::vector<stack_run>& runs) {
  const position_arrays at(runs, &stack_run::from);
  for (auto& r : runs) r.next = r.from;
  load_pages(in, runs);
  for (auto& r : runs) r.needs_all = r.needs_all || !r.page.empty() || r.has_more;
  load_levels(in, at, runs);
  if (const std::int64_t within = in.settings.stack.rules.longest_within().count(); within > 0)
    for (const auto& row : at.ask(in.work, sql::derivation::changes_before, within))
      runs[run_of(row)].changes.emplace_back(text(row["version"]), *time_from_microseconds(row["finished_at"]));
}

void look_for_known(derivation& in, std::vector<stack_run>& runs, const std::vector<std::vector<std::string>>& fresh) {
  constexpr std::int64_t most_of_a_name = 200;
  std::vector<std::string> services, environments, versions, commits;
  std::vector<stack_run*> of;
  for (std::size_t n = 0; n < runs.size(); ++n)
    for (const auto& id : fresh[n]) {
      const auto& d = in.fresh.at(id).told;
      services.push_back(runs[n].where.service);
      environments.push_back(runs[n].where.environment);
      versions.push_back(d.version);
      commits.push_back(d.commit);
      of.push_back(&runs[n]);
    }
  if (of.empty()) return;
  for (const auto& row : run(in.work, sql::derivation::may_be_known, text_array(services), text_array(environments),
                             text_array(versions), text_array(commits), most_of_a_name))
    of[run_of(row)]->needs_all = true;
}

void load_pages(derivation& in, std::span<stack_run> runs) {
  std::vector<std::size_t> found(runs.size());
  for (auto& r : runs) {
    r.page.clear();
    r.has_more = false;
  }
  for (const auto& row :
       position_arrays(runs, &stack_run::next)
           .ask(in.work, sql::derivation::deployments_from, static_cast<std::int64_t>(page_size + 1))) {
    auto& r = runs[run_of(row)];
    auto s = read_stacked(row, r.where);
    if (++found[run_of(row)] > page_size) {
      r.next = s.at();
      r.has_more = true;
      continue;
    }
    if (in.fresh.contains(s.id)) continue;
    s.was.reason = text(row["kind_reason"]);
    s.was.evidence = text(row["kind_evidence"]);
    s.kept.started_at = time_from_microseconds(row["started_at"]);
    s.kept.facts = json_object(row["facts"]);
    s.kept.commit_facts = json_object(row["commit_facts"]);
    s.kept.overrides = json_object(row["overrides"]);
    r.page.push_back(std::move(s));
  }
}

}
