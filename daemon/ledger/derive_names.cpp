// Names in the order of their first receipt: what comes after the first ones of a kind is one, so that nobody can make
// series without end.
#include "daemon/ledger/derivation.hpp"
#include "sql.hpp"

namespace releasehealth::ledger {
namespace {

/// When a name was received first, and by which event.
struct receipt {
  std::int64_t received_at = 0;
  std::string source, id;
  auto operator<=>(const receipt&) const = default;
};
using receipts = std::map<std::pair<std::string_view, std::string>, receipt>;  // by kind and name

void note(receipts& all, std::string_view kind, const std::string& name, const receipt& at) {
  if (name.empty()) return;
  const auto [known, is_new] = all.try_emplace({kind, name}, at);
  if (!is_new) known->second = std::min(known->second, at);
}

// Mapped, as figures use them; configured ones are always known.
void note_names(receipts& all, const receipt& at, const json::object& said, const naming& names) {
  const auto service = [&](const json::object& named) {
    if (auto name = names.service(at.source, named); !names.configures_service(name)) note(all, "service", name, at);
  };
  service(said);
  if (const auto* several = said.if_contains("services"); several && several->is_array())
    for (const auto& one : several->get_array()) service({{"service", one}});
  if (auto name = names.environment(text_at(said, "/environment")); !names.configures_environment(name))
    note(all, "environment", name, at);
  note(all, "team", text_at(said, "/team"), at);
}

receipts read_receipts(const std::map<std::string, reports_of_things>& told, const naming& names) {
  receipts all;
  for (const auto& [type, things] : told)
    for (const auto& [key, reports] : things)
      for (const auto& r : reports)
        if (!r.retraction)
          note_names(all, {r.received_at.time_since_epoch().count(), key.first, r.id}, r.fields, names);
  return all;
}

receipts read_receipts(const pqxx::result& rows, const naming& names) {
  receipts all;
  for (const auto& row : rows)
    note_names(all, {row["received_at"].as<std::int64_t>(), text(row["source"]), text(row["id"])},
               json_object(row["names"]), names);
  return all;
}

other_names load_others(pqxx::transaction_base& work, std::int64_t max_names) {
  other_names all;
  for (const auto& row : run(work, sql::ledger_names_beyond, max_names)) {
    const auto kind = text(row[0]);
    (kind == "service" ? all.services : kind == "environment" ? all.environments : all.teams).insert(text(row[1]));
  }
  return all;
}

// What both have of names that were known before: only these can have changed sides.
bool changed_sides(const other_names& before, const other_names& now, const receipts& fresh) {
  const auto moved = [&](std::string_view kind, const auto& a, const auto& b) {
    for (const auto& name : b)
      if (!a.contains(name) && !fresh.contains({kind, name})) return true;
    return std::ranges::any_of(a, [&](const auto& name) { return !b.contains(name); });
  };
  return moved("service", before.services, now.services) ||
         moved("environment", before.environments, now.environments) || moved("team", before.teams, now.teams);
}

}

known_names know_names(pqxx::transaction_base& work, const derive_settings& settings,
                       const std::map<std::string, reports_of_things>* told) {
  const auto& names = settings.blame.names;
  const auto all =
      told ? read_receipts(*told, names) : read_receipts(run(work, sql::ledger_names_of_everything), names);
  auto before = load_others(work, settings.max_names);
  json::array rows;
  for (const auto& [name, at] : all)
    rows.push_back(json::object{{"kind", name.first},
                                {"name", name.second},
                                {"received_at", format_time(timestamp(duration(at.received_at)))},
                                {"source", at.source},
                                {"id", at.id}});
  if (rows.empty()) return {std::move(before)};
  const auto written = run(work, sql::ledger_write_names, json::serialize(rows));
  if (written.empty()) return {std::move(before)};  // as nearly always: every name was known
  receipts fresh;
  for (const auto& row : written)
    if (const auto name = all.find({row["kind"].c_str(), text(row["name"])});
        name != all.end() && row["is_new"].as<bool>())
      fresh.insert(*name);
  auto now = load_others(work, settings.max_names);
  const bool have_moved = changed_sides(before, now, fresh);
  if (have_moved) run(work, sql::ledger_touch_everything);
  return {std::move(now), have_moved};
}

}
