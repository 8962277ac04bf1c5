// One step of a derivation: what it takes of the queue, and its stages in their order.
#include <algorithm>

#include "daemon/derivation/derivation.hpp"
#include "daemon/derivation/derive.hpp"
#include "sql/derivation.hpp"

namespace releasehealth::ledger {
namespace {

constexpr int few_things = 64;  // of a step whose statements take less time than their planning

void write_places(derivation& in) {
  std::vector<std::string> services, environments, production;
  for (const auto& p : in.places) {
    services.push_back(p.service);
    environments.push_back(p.environment);
    production.emplace_back(in.settings.blame.names.is_production(p.environment) ? "true" : "false");
  }
  run(in.work, sql::derivation::write_places, text_array(services), text_array(environments), text_array(production));
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

/// What a step took of the queue.
struct taken_entries {
  std::vector<touched_thing> all;
  derived done;
};

taken_entries take(transaction& work, const step_size& size) {
  const auto rows = size.behind ? run(work, sql::derivation::take_touched_by_service, size.things, size.behind->service,
                                      size.behind->n)
                                : run(work, sql::derivation::take_touched, size.things);
  const bool is_full = static_cast<std::int64_t>(rows.size()) == size.things;
  taken_entries taken;
  taken.done.taken = static_cast<std::size_t>(rows.size());
  taken.done.has_more = is_full || (size.behind && *size.behind != queue_position());
  for (const auto& row : rows) {
    taken.all.push_back({text(row["thing"]), text(row["source"]), text(row["subject"]), text(row["service"])});
    if (size.behind && is_full)
      taken.done.next = std::max(taken.done.next, {text(row["service"]), row["n"].as<std::int64_t>()});
  }
  return taken;
}

// Long walks and the rest by turns: entries whose turn it is not go to the end of the queue. Returns whether the step
// may walk far.
bool take_turns(transaction& work, long_walks& walks, taken_entries& taken) {
  const auto is_long = [&](const touched_thing& t) { return walks.entries.contains(t); };
  const auto of_others = std::ranges::stable_partition(taken.all, is_long);
  const auto long_ones = std::ranges::subrange(taken.all.begin(), of_others.begin());
  if (long_ones.empty()) return false;
  if (of_others.empty()) {
    walks = {};
    return true;
  }
  std::vector<std::string> things, sources, subjects, services;
  const bool is_their_turn = walks.is_their_turn;
  const auto put = [&](const touched_thing& t) {
    things.push_back(t.thing);
    sources.push_back(t.source);
    subjects.push_back(t.subject);
    services.push_back(t.service);
  };
  if (is_their_turn) {
    std::ranges::for_each(of_others, put);
    taken.all.erase(of_others.begin(), taken.all.end());
    walks = {};
  } else {
    std::ranges::for_each(long_ones, put);
    taken.all.erase(taken.all.begin(), of_others.begin());
    walks.is_their_turn = true;
  }
  run(work, sql::derivation::touch_again, text_array(things), text_array(sources), text_array(subjects),
      text_array(services));
  taken.done.has_more = true;
  return is_their_turn;
}

// Of what was taken, what leads to the deployments that walk far: they themselves, commits, and incidents where rules
// look at those.
void note_long_walk(long_walks& walks, const std::vector<touched_thing>& taken, const derivation& in) {
  for (const auto& t : taken)
    if ((t.thing == "deployment" && in.walks_far.contains({t.source, t.subject})) || t.thing == "commit" ||
        (t.thing == "incident" && in.settings.stack.rules.looks_at_incidents()))
      walks.entries.insert(t);
}

}

derived derive_step(transaction& work, const derive_settings& settings, step_size size, count_pace& counting,
                    long_walks* walks) {
  auto taken = take(work, size);
  if (taken.all.empty()) return taken.done;
  const bool may_walk_far =
      !walks || (walks->entries.empty() ? taken.all.size() == 1 : take_turns(work, *walks, taken));
  std::map<std::string, things> touched;  // by type
  std::set<std::string> commits;
  for (const auto& t : taken.all) {
    if (t.thing == "commit")
      commits.insert(t.subject);
    else
      touched[t.thing].emplace(t.source, t.subject);
  }
  work.keep_plans(taken.all.size() <= few_things);
  if (!commits.empty())
    for (const auto& row : run(work, sql::derivation::things_of_commits, text_array(commits)))
      touched["deployment"].emplace(text(row[0]), text(row[1]));
  std::map<std::string, reports_of_things> told;
  for (const auto& [type, keys] : touched)
    if (!keys.empty()) told[type] = load_reports(work, type, keys);
  auto names = know_names(work, settings, &told);
  std::optional<derive_settings> with;  // a copy only where names are `other`
  if (!names.others.empty()) with.emplace(settings).blame.names = settings.blame.names.with(std::move(names.others));
  derivation in{.work = work,
                .settings = with ? *with : settings,
                .touched_incidents = touched["incident"],
                .told = std::move(told),
                .fresh = {},
                .deployments = {},
                .names = {},
                .incidents = {},
                .folded = {},
                .remedies = {},
                .hotfixes = {},
                .places = {}};
  derive_deployments(in, touched["deployment"]);
  in.may_walk_far = may_walk_far;
  try {
    derive_stacks(in);
  } catch (const long_walk&) {
    note_long_walk(*walks, taken.all, in);
    throw;
  }
  if (!in.places.empty()) write_places(in);  // blame looks at every environment of a service
  if (counting.is_due(taken.done.taken)) run_script(work, sql::derivation::analyze);
  derive_incidents(in);
  derive_remedies(in, touched["flag"]);
  derive_failures(in);
  derive_follow_ups(in, commits);
  derive_engagements(in, touched["work"]);
  if (!in.places.empty()) write_places(in);
  taken.done.has_more = taken.done.has_more || names.have_moved;
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
