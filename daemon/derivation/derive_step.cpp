// One step of a derivation: takes entries from the queue and runs the stages in order.
#include <algorithm>

#include "daemon/derivation/rows.hpp"
#include "sql/derivation.hpp"

namespace releasehealth::ledger {
namespace {

constexpr int few_things = 64;  // up to so many, statements take less time than their planning

void write_places(derivation& step) {
  std::vector<bool> production;
  for (const auto& p : step.places) production.push_back(step.settings.blame.names.is_production(p.environment));
  execute(step.work, sql::derivation::write_places, by_column(step.places), production);
}

}

step_size bulk_pace::next() { return {std::exchange(has_begun_, true) ? bulk_things : step_size::usual, next_}; }

bool count_pace::is_due(std::size_t derived) {
  total_ += derived;
  if (total_ < next_) return false;
  next_ = 2 * total_;
  return true;
}

namespace {

struct queue_entry {
  touched_thing what;
  std::int64_t n = 0;

  static constexpr auto columns =
      std::tuple_cat(within(&queue_entry::what, columns_of<touched_thing>), std::tuple(column("n", &queue_entry::n)));
};

/// The queue entries that a step took.
struct taken_entries {
  std::vector<touched_thing> all;
  derived done;
};

taken_entries take(transaction& work, const step_size& size) {
  auto rows = size.position ? query<queue_entry>(work, sql::derivation::take_touched_by_service, size.things,
                                                 size.position->service, size.position->n)
                            : query<queue_entry>(work, sql::derivation::take_touched, size.things);
  const bool is_full = static_cast<std::int64_t>(rows.size()) == size.things;
  taken_entries taken;
  taken.done.taken = rows.size();
  taken.done.has_more = is_full || (size.position && *size.position != queue_position());
  for (auto& [what, n] : rows) {
    if (size.position && is_full) taken.done.next = std::max(taken.done.next, {what.service, n});
    taken.all.push_back(std::move(what));
  }
  return taken;
}

// Alternates between entries with long walks and all others: entries whose turn it is not go to the end of the queue.
// Returns whether the step may walk far.
bool take_turns(transaction& work, long_walks& walks, taken_entries& taken) {
  const auto is_long = [&](const touched_thing& t) { return walks.entries.contains(t); };
  // with iterators: the ranges of GCC 12 do not compile with the clang that builds the fuzzers
  const auto others = std::stable_partition(taken.all.begin(), taken.all.end(), is_long);
  if (others == taken.all.begin()) return false;
  if (others == taken.all.end()) {
    walks = {};
    return true;
  }
  std::vector<touched_thing> back;
  const bool is_their_turn = walks.is_their_turn;
  if (is_their_turn) {
    back.assign(others, taken.all.end());
    taken.all.erase(others, taken.all.end());
    walks = {};
  } else {
    back.assign(taken.all.begin(), others);
    taken.all.erase(taken.all.begin(), others);
    walks.is_their_turn = true;
  }
  execute(work, sql::derivation::touch_again, by_column(back));
  taken.done.has_more = true;
  return is_their_turn;
}

// Notes the entries that may cause the long walk: the deployments themselves, commits, tags, and incidents if rules
// read incidents.
void note_long_walk(long_walks& walks, const std::vector<touched_thing>& taken, const derivation& step) {
  for (const auto& t : taken)
    if ((t.type == thing_type::deployment && step.walks_far.contains(t.thing)) || t.type == thing_type::commit ||
        t.type == thing_type::tag || (t.type == thing_type::incident && step.settings.stack.rules.looks_at_incidents()))
      walks.entries.insert(t);
}

}

derived derive_step(transaction& work, const derive_settings& settings, step_size size, count_pace& counting,
                    long_walks* walks) {
  auto taken = take(work, size);
  if (taken.all.empty()) return taken.done;
  const bool may_walk_far =
      !walks || (walks->entries.empty() ? taken.all.size() == 1 : take_turns(work, *walks, taken));
  std::map<thing_type, things> touched;  // by type
  std::set<std::string> commits;
  for (const auto& t : taken.all) {
    if (t.type == thing_type::commit)
      commits.insert(t.thing.subject);
    else
      touched[t.type].insert(t.thing);
  }
  work.keep_plans(taken.all.size() <= few_things);
  auto known = commits;  // from their own reports and from those of tags
  if (const auto tags = touched.extract(thing_type::tag))
    touch_by_tags(work, settings.blame.names, load_reports(work, thing_type::tag, tags.mapped()),
                  touched[thing_type::deployment], known);
  if (!known.empty())
    for (auto& key : query<thing_id>(work, sql::derivation::things_of_commits, known))
      touched[thing_type::deployment].insert(std::move(key));
  std::map<thing_type, reports_of_things> told;
  for (const auto& [type, keys] : touched)
    if (!keys.empty()) told[type] = load_reports(work, type, keys);
  auto names = know_names(work, settings, &told);
  std::optional<derive_settings> extended;  // a copy only if it adds to the configuration
  if (!names.others.empty() || !names.productions.empty())
    extended.emplace(settings).blame.names =
        settings.blame.names.with(std::move(names.others)).with_productions(std::move(names.productions));
  derivation step{.work = work,
                  .settings = extended ? *extended : settings,
                  .told = std::move(told),
                  .commits = {},
                  .fresh = {},
                  .deployments = {},
                  .names = {},
                  .incidents = {},
                  .folded = {},
                  .remedies = {},
                  .hotfixes = {},
                  .places = {}};
  write_commits(step, commits);
  derive_joins(step, touched[thing_type::incident]);
  derive_deployments(step, touched[thing_type::deployment]);
  step.may_walk_far = may_walk_far;
  try {
    derive_stacks(step);
  } catch (const long_walk&) {
    note_long_walk(*walks, taken.all, step);
    throw;
  }
  assign_releases(step);
  if (!step.places.empty()) write_places(step);  // attribution reads every environment of a service
  if (counting.is_due(taken.done.taken)) run_script(work, sql::derivation::analyze);
  derive_incidents(step);
  derive_remedies(step, touched[thing_type::flag]);
  derive_failures(step);
  derive_conclusions(step, derive_follow_ups(step));
  derive_engagements(step, touched[thing_type::work]);
  write_releases(step);
  if (!step.places.empty()) write_places(step);
  taken.done.has_more = taken.done.has_more || names.have_moved || step.has_touched;
  taken.done.folded_names = names.folded;
  return taken.done;
}

void derive_all(transaction& work, const derive_settings& settings) {
  bulk_pace pace;
  count_pace counting;
  derived done;
  do {
    done = derive_step(work, settings, pace.next(), counting);
    pace.done(done);
  } while (done.has_more);
  work.keep_plans(false);
}

void derive_everything(transaction& work, const derive_settings& settings) {
  run_script(work, sql::derivation::shadow);
  know_names(work, settings, nullptr);
  run_script(work, sql::derivation::touch_everything);
  derive_all(work, settings);
}

}
