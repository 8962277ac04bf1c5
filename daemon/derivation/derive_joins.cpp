// Joins reports of several tools into one incident, before any stage reads incidents.
#include <algorithm>

#include "daemon/derivation/rows.hpp"
#include "sql/derivation.hpp"

namespace releasehealth::ledger {

template <>
inline constexpr auto columns_of<nameable> = std::tuple_cat(
    within(&nameable::thing, columns_of<thing_id>),
    std::tuple(column("ids", &nameable::ids), column("url", &nameable::url),
               column("started_at", &nameable::started_at), column("received_at", &nameable::received_at),
               column("stretches", &nameable::stretches), column("is_production", &nameable::is_production),
               column("is_let_in", &nameable::is_let_in), column("names", &nameable::names),
               column("keys", &nameable::keys), column("links", &nameable::links),
               column("same_as", &nameable::same_as)));

namespace {

using nameables = std::map<thing_id, nameable>;

struct member_row {
  member is;
  thing_id whole;
  int position = 0;
  bool operator<(const member_row& other) const { return in_order() < other.in_order(); }
  bool operator==(const member_row& other) const { return in_order() == other.in_order(); }

  std::tuple<const member&, const thing_id&, int> in_order() const { return {is, whole, position}; }

  static constexpr auto columns =
      std::tuple_cat(within(&member_row::is, within(&member::thing, columns_of<thing_id>)),
                     std::tuple(column("joined_source", &member_row::whole, &thing_id::source),
                                column("joined_subject", &member_row::whole, &thing_id::subject),
                                column("position", &member_row::position),
                                column("only_adds_facts", &member_row::is, &member::only_adds_facts),
                                column("evidence", &member_row::is, &member::evidence)));
};

/// A key by which others may refer to an incident, and when.
struct open_key {
  std::string_view key;
  timestamp begins;
  std::optional<timestamp> ends;
  auto operator<=>(const open_key&) const = default;
};
BOOST_DESCRIBE_STRUCT(open_key, (), (key, begins, ends))

/// A name or key that an incident links to.
struct wanted_name {
  std::string_view name;
  timestamp at;
  auto operator<=>(const wanted_name&) const = default;
};
BOOST_DESCRIBE_STRUCT(wanted_name, (), (name, at))

std::string id_of_row(const member_row& row) {
  return row_id({row.is.thing.source, row.is.thing.subject, row.whole.source, row.whole.subject});
}

nameables load_names(transaction& work, const things& all) {
  nameables names;
  for (auto& n : query<nameable>(work, sql::derivation::names_of_incidents, by_column(all))) {
    auto key = n.thing;
    names.emplace(std::move(key), std::move(n));
  }
  return names;
}

std::set<member_row> load_members(transaction& work, std::string_view statement, const things& incidents) {
  const auto rows = query<member_row>(work, statement, by_column(incidents));
  return {rows.begin(), rows.end()};
}

// The incidents that refer to a given one, or that a given one refers to, by current and stored names.
things fitting(transaction& work, const things& all, std::initializer_list<const nameables*> said) {
  std::set<std::string_view> names;
  std::set<open_key> keys;
  std::set<wanted_name> wanted;
  for (const auto* graph : said)
    for (const auto& key : all) {
      const auto known = graph->find(key);
      if (known == graph->end()) continue;
      const auto& n = known->second;
      const auto ends = n.stretches.empty() ? std::optional(n.started_at) : n.stretches.back().until;
      names.insert(n.names.begin(), n.names.end());
      for (const auto& k : n.keys) keys.insert({k, n.started_at, ends});
      for (const auto* links : {&n.links, &n.same_as})
        for (const auto& l : *links) wanted.insert({l, n.started_at});
    }
  const auto found =
      query<thing_id>(work, sql::derivation::fitting_incidents, names, by_column(keys), by_column(wanted));
  return {found.begin(), found.end()};
}

/// The names of the touched incidents and those around them, stored and current. `stored` contains all of them, `now`
/// those that were not retracted.
struct surroundings_of {
  nameables stored, now;

  // Reads the names that are not loaded yet.
  void add(transaction& work, const things& all) {
    things fresh;
    for (const auto& key : all)
      if (!stored.contains(key) && !now.contains(key)) fresh.insert(key);
    if (fresh.empty()) return;
    for (auto& [key, n] : load_names(work, fresh)) {
      now.emplace(key, n);
      stored.emplace(key, std::move(n));
    }
  }
};

// The touched incidents and all that they are or were joined with by valid links. If a name fits several incidents, the
// choice depends on all of them, so each round also reads every incident that the newly found ones refer to.
things component_of(transaction& work, const things& touched, surroundings_of& around, const join_settings& settings) {
  things component = touched, seen = touched;
  for (auto frontier = touched; !frontier.empty();) {
    things near, linked;
    for (const auto& key : fitting(work, frontier, {&around.now, &around.stored}))
      if (seen.insert(key).second) near.insert(key);
    around.add(work, near);
    if (!near.empty()) around.add(work, fitting(work, near, {&around.now}));
    for (const auto* graph : {&around.stored, &around.now}) {
      const auto all = each_of(*graph, [](const auto& n) { return n.second; });
      for (const auto& [one, other] : linked_incidents(all, settings))
        if (frontier.contains(one)) linked.insert(other);
    }
    for (const auto& m : load_members(work, sql::derivation::members_beside, frontier)) linked.insert(m.is.thing);
    around.add(work, linked);
    frontier.clear();
    for (const auto& key : linked)
      if (component.insert(key).second) frontier.insert(key);
  }
  return component;
}

// The current names of touched incidents, without retracted ones. Their reports stay in `told`.
nameables fold_names(derivation& step, const things& touched) {
  nameables names;
  for (auto& [key, told] : take_reports(step, thing_type::incident, touched)) {
    const auto first = std::ranges::min(told, {}, &report::received_at).received_at;
    if (const auto i = fold_incident(key, told, step.settings.blame.names)) {
      auto n = names_of(*i, first, step.settings.blame.names, step.settings.joins);
      n.is_let_in = step.settings.joins.lets_in(key, told);
      for (const auto& service : i->services) n.ids.push_back(row_id({key.source, key.subject, service}));
      if (n.ids.empty()) n.ids.push_back(row_id({key.source, key.subject, ""}));
      names.emplace(key, std::move(n));
    }
    step.told[thing_type::incident].emplace(key, std::move(told));
  }
  return names;
}

std::set<member_row> rows_of(std::span<const joined_incident> all) {
  std::set<member_row> rows;
  for (const auto& j : all) {
    int position = 0;
    for (const auto& m : j.members) rows.insert({m, j.thing, position++});
  }
  return rows;
}

}

void derive_joins(derivation& step, const things& touched) {
  if (touched.empty()) return;
  surroundings_of around{load_names(step.work, touched), fold_names(step, touched)};
  std::vector<nameable> written;
  for (const auto& [key, n] : around.now) written.push_back(n);
  const auto component = component_of(step.work, touched, around, step.settings.joins);
  const auto all = each_of(around.now, [](const auto& n) { return n.second; });
  auto joined = join_incidents(all, step.settings.joins);
  // the neighbours of incidents outside the component are not all known
  std::erase_if(joined, [&](const joined_incident& j) { return !component.contains(j.thing); });
  const auto now = rows_of(joined);
  const auto previous = load_members(step.work, sql::derivation::members_of, component);
  execute(step.work, sql::derivation::write_names_of_incidents, by_column(touched), by_column(written));
  if (now != previous)
    execute(step.work, sql::derivation::write_members, by_column(component), each_of(now, id_of_row), by_column(now));
  for (const auto* rows : {&previous, &now})
    for (const auto& row : *rows)
      if (touched.contains(row.is.thing) || !(previous.contains(row) && now.contains(row))) {
        step.touched_incidents.insert(row.whole);
        step.members_of_changed.insert(row.is.thing);
      }
}

std::set<std::string> subjects_of_changed(derivation& step) {
  auto incidents = step.changed_incidents();
  incidents.insert(step.touched_incidents.begin(), step.touched_incidents.end());
  std::set<std::string> subjects;
  for (const auto& [source, subject] : step.members_of_changed) subjects.insert(subject);
  if (incidents.empty()) return subjects;
  for (auto& row : load_members(step.work, sql::derivation::members_of_joined, incidents))
    subjects.insert(row.is.thing.subject);
  return subjects;
}

void fold_incidents(derivation& step, const things& wanted) {
  things missing;
  for (const auto& key : wanted)
    if (!step.folded.contains(key)) missing.insert(key);
  if (missing.empty()) return;
  std::map<thing_id, std::vector<member_row>> members;
  things all;
  for (auto& row : query<member_row>(step.work, sql::derivation::members_of_joined, by_column(missing))) {
    all.insert(row.is.thing);
    members[row.whole].push_back(std::move(row));
  }
  auto reports = take_reports(step, thing_type::incident, all);
  for (auto& [called, rows] : members) {
    std::vector<told_member> told;
    for (const auto& row : rows) told.push_back({row.is.thing, reports[row.is.thing], row.is.only_adds_facts});
    if (auto i = fold_joined(called, std::move(told), step.settings.blame.names, step.settings.joins))
      step.folded.emplace(called, std::move(*i));
  }
}

}
