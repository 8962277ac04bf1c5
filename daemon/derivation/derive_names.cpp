// Registers names in the order of their first receipt. Names beyond the cardinality limit of their kind are aggregated
// as `other`, so that the number of series stays bounded. Production environments are a kind of their own, so that
// previews cannot use up their limit.
#include <algorithm>
#include <iterator>

#include "daemon/database/event_rows.hpp"
#include "daemon/derivation/rows.hpp"
#include "sql/derivation.hpp"
#include "sql/ledger.hpp"

namespace releasehealth::ledger {
namespace {

/// When a name was first received, and by which event.
struct receipt {
  timestamp received_at;
  std::string source, id;
  auto operator<=>(const receipt&) const = default;
};
using receipts = std::map<std::pair<std::string_view, std::string>, receipt>;  // by kind and name

constexpr std::string_view kinds[] = {"service", "environment", "production", "team"};
constexpr std::string_view said_production = "said production";  // a report calls the environment production; no limit

std::string_view kind_of(std::string_view name) {
  if (name == said_production) return said_production;
  const auto* known = std::ranges::find(kinds, name);
  if (known == std::end(kinds))
    throw std::runtime_error("known_name: unknown kind \"" + std::string(name) + "\" of a newer release");
  return *known;
}

bool is_retracted_now(std::vector<report> reports) {
  order_reports(reports);
  return is_retracted(reports);
}

bool has_retraction(const std::vector<report>& reports) { return std::ranges::any_of(reports, &report::retraction); }

void note(receipts& all, std::string_view kind, const std::string& name, const receipt& arrival) {
  if (name.empty()) return;
  const auto [known, is_new] = all.try_emplace({kind, name}, arrival);
  if (!is_new) known->second = std::min(known->second, arrival);
}

// Notes mapped names, as figures use them. Configured names are always known.
void note_names(receipts& all, const receipt& arrival, const json::object& said, timestamp told_at,
                const naming& names) {
  for (const auto& [pointer, name] : names.services(arrival.source, said, told_at))
    if (!names.configures_service(name)) note(all, "service", name, arrival);
  if (auto name = names.environment(text_at(said, "/environment")); !names.configures_environment(name)) {
    note(all, names.is_production(name) ? "production" : "environment", name, arrival);
    if (flag_at(said, "/production_environment") && !names.is_production(name))
      note(all, said_production, name, arrival);
  }
  if (const auto team = text_at(said, "/team"); !names.configures_team(team)) note(all, "team", team, arrival);
}

/// The names in the reports of a step.
struct told_names {
  receipts live;
  std::vector<std::string_view> gone_sources = {}, gone_ids = {};  ///< of retracted things; views into the reports
};

told_names read_names(const std::map<thing_type, reports_of_things>& told, const naming& names,
                      const join_settings& joins) {
  told_names all;
  for (const auto& [type, things] : told)
    for (const auto& [key, reports] : things) {
      const bool is_gone = has_retraction(reports) && is_retracted_now(reports);
      for (const auto& r : reports) {
        if (r.retraction || (type == thing_type::incident && !joins.knows_names_of(key.source, r.fields))) continue;
        if (is_gone) {
          all.gone_sources.push_back(key.source);
          all.gone_ids.push_back(r.id);
        } else {
          note_names(all.live, {r.received_at, key.source, r.id}, r.fields, r.time, names);
        }
      }
    }
  return all;
}

/// A retraction of a thing, with the type of the thing.
struct retraction_row {
  thing_type thing = thing_type::deployment;
  thing_id key;
  report told;

  static constexpr auto columns = std::tuple_cat(std::tuple(column("thing", &retraction_row::thing)),
                                                 within(&retraction_row::key, columns_of<thing_id>),
                                                 within(&retraction_row::told, columns_of<report>));
};

struct retracted_thing {
  thing_type type;
  std::string_view source, subject;
};
BOOST_DESCRIBE_STRUCT(retracted_thing, (), (type, source, subject))

/// The service, environment and team names in an event.
struct naming_event {
  receipt arrival;
  timestamp time;
  json::object names;

  static constexpr auto columns = std::tuple(
      column("received_at", &naming_event::arrival, &receipt::received_at),
      column("source", &naming_event::arrival, &receipt::source), column("id", &naming_event::arrival, &receipt::id),
      column("time", &naming_event::time), column("names", &naming_event::names));
};

// The values that names_of_everything.sql looks for in incidents, by source and field.
json::object wanted_in(const join_settings& joins) {
  json::object all;
  for (const auto& [source, filter] : joins.filters)
    if (!filter.any_of.empty()) all[source] = json::value_from(filter.any_of);
  return all;
}

receipts read_everything(transaction& work, const naming& names, const join_settings& joins) {
  std::map<std::pair<thing_type, thing_id>, std::vector<report>> retractions;
  for (auto& r : query<retraction_row>(work, sql::derivation::retractions))
    retractions[{r.thing, std::move(r.key)}].push_back(std::move(r.told));
  std::vector<retracted_thing> gone;
  for (const auto& [thing, reports] : retractions)
    if (is_retracted_now(reports)) gone.push_back({thing.first, thing.second.source, thing.second.subject});
  receipts all;
  for (const auto& e : query<naming_event>(work, sql::derivation::names_of_everything, by_column(gone),
                                           names.ends_of_names(), wanted_in(joins)))
    note_names(all, e.arrival, e.names, e.time, names);
  return all;
}

std::set<std::string, std::less<>>& names_of(other_names& all, std::string_view kind) {
  return kind == "service" ? all.services : kind == "team" ? all.teams : all.environments;
}

struct other_name {
  std::string kind, name;
};
BOOST_DESCRIBE_STRUCT(other_name, (), (kind, name))

other_names load_others(transaction& work, std::int64_t max_names) {
  other_names all;
  for (auto& beyond : query<other_name>(work, sql::derivation::names_beyond, max_names))
    names_of(all, kind_of(beyond.kind)).insert(std::move(beyond.name));
  return all;
}

std::set<std::string, std::less<>> load_productions(transaction& work) {
  std::set<std::string, std::less<>> all;
  for (auto& name : query<std::string>(work, sql::derivation::said_productions, said_production))
    all.insert(std::move(name));
  return all;
}

known_name as_known(std::string_view kind, const std::string& name, const receipt& arrival) {
  return {std::string(kind), name, arrival.received_at, arrival.source, arrival.id};
}

struct next_receipt {
  naming_event told;
  thing_type thing = thing_type::deployment;
  std::string subject;

  static constexpr auto columns =
      std::tuple_cat(within(&next_receipt::told, columns_of<naming_event>),
                     std::tuple(column("thing", &next_receipt::thing), column("subject", &next_receipt::subject)));
};

// The first report after `last` that uses the name for a thing which is not retracted.
std::optional<receipt> find_next(transaction& work, const naming& names, std::string_view kind, const std::string& name,
                                 receipt last) {
  for (;;) {
    const auto rows = query<next_receipt>(work, sql::derivation::next_receipts, kind, name,
                                          last.received_at.time_since_epoch().count(), last.source, last.id);
    if (rows.empty()) return {};
    for (const auto& row : rows) {
      last = row.told.arrival;
      receipts said;
      note_names(said, last, row.told.names, row.told.time, names);
      if (!said.contains({kind, name})) continue;
      const thing_id key{last.source, row.subject};
      if (!is_retracted_now(load_reports(work, row.thing, {key}).at(key))) return last;
    }
  }
}

// A name whose first receipt was for a thing that is now retracted gets the next receipt for another thing. A name
// without another receipt is removed and no longer counts toward the limit.
struct freeing {
  receipts freed = {};
  bool has_changed = false;
};
freeing free_names(transaction& work, const naming& names, const told_names& told) {
  freeing out;
  if (told.gone_ids.empty()) return out;
  const auto gone = query<known_name>(work, sql::derivation::names_at_stake, told.gone_sources, told.gone_ids);
  std::vector<known_name> kept;
  for (const auto& at_stake : gone) {
    const auto kind = kind_of(at_stake.kind);
    const auto& name = at_stake.name;
    const receipt first{at_stake.received_at, at_stake.source, at_stake.id};
    if (const auto next = find_next(work, names, kind, name, first))
      kept.push_back(as_known(kind, name, *next));
    else
      out.freed[{kind, name}] = first;
  }
  if (gone.empty()) return out;
  out.has_changed = true;
  execute(work, sql::ledger::forget_names, by_column(gone));
  if (!kept.empty()) execute(work, sql::ledger::write_names, by_column(kept));
  return out;
}

struct written_name {
  std::string kind, name;
  bool is_new = false;
};
BOOST_DESCRIBE_STRUCT(written_name, (), (kind, name, is_new))

// Whether a name crossed the limit. Only names that are known both before and after can.
bool changed_sides(other_names& previous, other_names& now, const receipts& fresh, const receipts& freed) {
  return std::ranges::any_of(kinds, [&](std::string_view kind) {
    const auto &a = names_of(previous, kind), &b = names_of(now, kind);
    const auto moved = [&](const auto& name, const auto& others, const auto& excepted) {
      return !others.contains(name) && !excepted.contains({kind, name}) &&
             (kind != "environment" || !excepted.contains({"production", name}));
    };
    return std::ranges::any_of(b, [&](const auto& name) { return moved(name, a, fresh); }) ||
           std::ranges::any_of(a, [&](const auto& name) { return moved(name, b, freed); });
  });
}

}

known_names know_names(transaction& work, const derive_settings& settings,
                       const std::map<thing_type, reports_of_things>* told) {
  const auto& names = settings.blame.names;
  const auto said = told ? read_names(*told, names, settings.joins)
                         : told_names{.live = read_everything(work, names, settings.joins)};
  auto previous = load_others(work, settings.max_names);
  const auto productions = load_productions(work);
  const auto [freed, has_freed] = free_names(work, names, said);
  std::vector<known_name> rows;
  for (const auto& [name, arrival] : said.live) rows.push_back(as_known(name.first, name.second, arrival));
  receipts fresh;
  bool has_written = has_freed;
  if (!rows.empty())
    for (const auto& written : query<written_name>(work, sql::ledger::write_names, by_column(rows))) {
      has_written = true;
      if (const auto name = said.live.find({kind_of(written.kind), written.name});
          name != said.live.end() && written.is_new)
        fresh.insert(*name);
    }
  if (!has_written) return {std::move(previous), productions};  // the usual case: every name was known
  auto now = load_others(work, settings.max_names);
  const bool have_moved = changed_sides(previous, now, fresh, freed);
  if (have_moved) execute(work, sql::derivation::touch_everything);
  std::size_t folded = 0;
  for (const auto& [name, arrival] : fresh)
    folded += name.first != said_production && names_of(now, name.first).contains(name.second);
  auto said_now = load_productions(work);
  std::vector<std::string> changed;
  std::ranges::set_symmetric_difference(productions, said_now, std::back_inserter(changed));
  if (!changed.empty() && !have_moved) execute(work, sql::derivation::touch_environments, changed);
  return {std::move(now), std::move(said_now), have_moved || !changed.empty(), folded};
}

}
