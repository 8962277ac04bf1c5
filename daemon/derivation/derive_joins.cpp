// Which reports of several tools are one incident, before any stage looks at incidents.
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
  thing_id of;
  int position = 0;
  bool operator<(const member_row& other) const { return in_order() < other.in_order(); }
  bool operator==(const member_row& other) const { return in_order() == other.in_order(); }

  std::tuple<const member&, const thing_id&, int> in_order() const { return {is, of, position}; }

  static constexpr auto columns =
      std::tuple_cat(within(&member_row::is, within(&member::thing, columns_of<thing_id>)),
                     std::tuple(column("joined_source", &member_row::of, &thing_id::source),
                                column("joined_subject", &member_row::of, &thing_id::subject),
                                column("position", &member_row::position),
                                column("only_adds_facts", &member_row::is, &member::only_adds_facts),
                                column("evidence", &member_row::is, &member::evidence)));
};

/// A key by which others may mean an incident, and when.
struct open_key {
  std::string_view key;
  timestamp begins;
  std::optional<timestamp> ends;
};
BOOST_DESCRIBE_STRUCT(open_key, (), (key, begins, ends))

/// What an incident links to.
struct wanted_name {
  std::string_view name;
  timestamp at;
};
BOOST_DESCRIBE_STRUCT(wanted_name, (), (name, at))

std::string id_of_row(const member_row& row) {
  return row_id({row.is.thing.source, row.is.thing.subject, row.of.source, row.of.subject});
}

nameables load_names(transaction& work, const things& all) {
  nameables names;
  for (auto& n : query<nameable>(work, sql::derivation::names_of_incidents, by_column(all))) {
    auto key = n.thing;
    names.emplace(std::move(key), std::move(n));
  }
  return names;
}

// What may be one with the given ones, by what they say now or said before, or was one with them.
things linked_with(transaction& work, const things& all, std::initializer_list<const nameables*> said) {
  std::set<std::string_view> names;
  std::vector<open_key> keys;
  std::vector<wanted_name> wanted;
  for (const auto* of : said)
    for (const auto& key : all) {
      const auto known = of->find(key);
      if (known == of->end()) continue;
      const auto& n = known->second;
      names.insert(n.names.begin(), n.names.end());
      const auto ends = n.stretches.empty() ? std::optional(n.started_at) : n.stretches.back().until;
      for (const auto& k : n.keys) keys.push_back({k, n.started_at, ends});
      for (const auto* links : {&n.links, &n.same_as})
        for (const auto& l : *links) wanted.push_back({l, n.started_at});
    }
  const auto found = query<thing_id>(work, sql::derivation::linked_incidents, by_column(all), names, by_column(keys),
                                     by_column(wanted));
  return {found.begin(), found.end()};
}

// The names of touched incidents as they are now, without those that were retracted; their reports stay in `told`.
nameables fold_names(derivation& in, const things& touched) {
  nameables names;
  for (auto& [key, told] : take_reports(in, thing_type::incident, touched)) {
    const auto first = std::ranges::min(told, {}, &report::received_at).received_at;
    if (const auto i = fold_incident(key, told, in.settings.blame.names)) {
      auto n = names_of(*i, first, in.settings.blame.names);
      n.is_let_in = in.settings.joins.lets_in(key, told);
      for (const auto& service : i->services) n.ids.push_back(row_id({key.source, key.subject, service}));
      if (n.ids.empty()) n.ids.push_back(row_id({key.source, key.subject, ""}));
      names.emplace(key, std::move(n));
    }
    in.told[thing_type::incident].emplace(key, std::move(told));
  }
  return names;
}

std::set<member_row> load_members(transaction& work, std::string_view statement, const things& of) {
  const auto rows = query<member_row>(work, statement, by_column(of));
  return {rows.begin(), rows.end()};
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

void derive_joins(derivation& in, const things& touched) {
  if (touched.empty()) return;
  auto known = fold_names(in, touched);
  const auto stored_of_touched = load_names(in.work, touched);
  things component = touched;
  for (auto frontier = touched; !frontier.empty();) {
    things next;
    for (const auto& key : linked_with(in.work, frontier, {&known, &stored_of_touched}))
      if (component.insert(key).second) next.insert(key);
    known.merge(load_names(in.work, next));
    frontier = std::move(next);
  }
  const auto all = each_of(known, [](const auto& n) { return n.second; });
  const auto now = rows_of(join_incidents(all, in.settings.joins));
  const auto before = load_members(in.work, sql::derivation::members_of, component);
  const auto names = each_of(touched, [&](const auto& key) { return known.find(key); });
  std::vector<nameable> written;
  for (const auto& n : names)
    if (n != known.end()) written.push_back(n->second);
  execute(in.work, sql::derivation::write_names_of_incidents, by_column(touched), by_column(written));
  if (now != before)
    execute(in.work, sql::derivation::write_members, by_column(component), each_of(now, id_of_row), by_column(now));
  for (const auto* rows : {&before, &now})
    for (const auto& row : *rows)
      if (touched.contains(row.is.thing) || !(before.contains(row) && now.contains(row))) {
        in.touched_incidents.insert(row.of);
        in.members_of_changed.insert(row.is.thing);
      }
}

std::set<std::string> subjects_of_changed(derivation& in) {
  auto incidents = in.changed_incidents();
  incidents.insert(in.touched_incidents.begin(), in.touched_incidents.end());
  std::set<std::string> subjects;
  for (const auto& [source, subject] : in.members_of_changed) subjects.insert(subject);
  if (incidents.empty()) return subjects;
  for (auto& row : load_members(in.work, sql::derivation::members_of_joined, incidents))
    subjects.insert(row.is.thing.subject);
  return subjects;
}

void fold_incidents(derivation& in, const things& wanted) {
  things missing;
  for (const auto& key : wanted)
    if (!in.folded.contains(key)) missing.insert(key);
  if (missing.empty()) return;
  std::map<thing_id, std::vector<member_row>> members;
  things all;
  for (auto& row : query<member_row>(in.work, sql::derivation::members_of_joined, by_column(missing))) {
    all.insert(row.is.thing);
    members[row.of].push_back(std::move(row));
  }
  auto reports = take_reports(in, thing_type::incident, all);
  for (auto& [called, rows] : members) {
    std::vector<told_member> told;
    for (const auto& row : rows) told.push_back({row.is.thing, reports[row.is.thing], row.is.only_adds_facts});
    if (auto i = fold_joined(called, std::move(told), in.settings.blame.names, in.settings.joins))
      in.folded.emplace(called, std::move(*i));
  }
}

}
