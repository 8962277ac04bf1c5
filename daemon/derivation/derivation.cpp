#include "daemon/derivation/derivation.hpp"

#include <algorithm>

#include "collectors/signature.hpp"
#include "sql/derivation.hpp"

namespace releasehealth::ledger {
namespace {

std::vector<stretch> read_stretches(const pqxx::field& f) {
  std::vector<stretch> all;
  const auto parsed = parse_own(f.c_str());
  for (const auto& v : parsed.as_array()) all.push_back({*time_at(v, "/from"), time_at(v, "/until"), {}});
  return all;
}

}

std::set<std::string> derivation::blamed_changes() const {
  std::set<std::string> all;
  for (const auto& [id, i] : incidents)
    for (const auto* row : {&i.before, &i.now})
      if (*row && !(*row)->told.change.empty()) all.insert((*row)->told.change);
  return all;
}

things derivation::changed_incidents() const {
  things all;
  for (const auto& [id, i] : incidents)
    for (const auto* row : {&i.before, &i.now})
      if (*row) all.emplace((*row)->told.source, (*row)->told.subject);
  return all;
}

std::pair<std::string, std::string> thing_arrays(const things& all) {
  std::vector<std::string> sources, subjects;
  for (const auto& [source, subject] : all) {
    sources.push_back(source);
    subjects.push_back(subject);
  }
  return {text_array(sources), text_array(subjects)};
}

report read_report(const pqxx::row& row) {
  return {.id = text(row["id"]),
          .time = *time_from_microseconds(row["time"]),
          .retraction = row["retraction"].as<bool>(),
          .is_override = row["is_override"].as<bool>(),
          .fields = json_object(row["fields"])};
}

reports_of_things load_reports(transaction& work, const std::string& type, const things& all) {
  reports_of_things reports;
  const auto [sources, subjects] = thing_arrays(all);
  for (const auto& row : run(work, sql::derivation::events_of_things, type, sources, subjects)) {
    auto told = read_report(row);
    told.received_at = *time_from_microseconds(row["received_at"]);
    reports[{text(row["source"]), text(row["subject"])}].push_back(std::move(told));
  }
  return reports;
}

reports_of_things take_reports(derivation& in, const std::string& type, const things& all) {
  reports_of_things taken;
  things missing;
  auto& told = in.told[type];
  for (const auto& key : all)
    if (auto known = told.extract(key))
      taken.insert(std::move(known));
    else
      missing.insert(key);
  if (!missing.empty()) taken.merge(load_reports(in.work, type, missing));
  return taken;
}

void fold_incidents(derivation& in, const things& wanted) {
  things missing;
  for (const auto& key : wanted)
    if (!in.folded.contains(key)) missing.insert(key);
  if (missing.empty()) return;
  for (auto& [key, told] : take_reports(in, "incident", missing))
    if (auto i = fold_incident(key.first, key.second, std::move(told), in.settings.blame.names))
      in.folded.emplace(key, std::move(*i));
}

settled read_settled(const pqxx::row& row) {
  settled d;
  d.id = text(row["id"]);
  d.source = text(row["source"]);
  d.subject = text(row["subject"]);
  d.day_order = text(row["day_order"]);
  d.where = {text(row["service"]), text(row["environment"])};
  d.production = row["production"].as<bool>();
  d.state = text(row["state"]);
  d.version = text(row["version"]);
  d.commit = text(row["commit"]);
  d.kind = text(row["kind"]);
  d.is_change = row["is_change"].as<bool>();
  d.started_at = time_from_microseconds(row["started_at"]);
  d.finished_at = time_from_microseconds(row["finished_at"]);
  d.live = text(row["live"]);
  d.below = text(row["below"]);
  d.rolled_back_by = text(row["rolled_back_by"]);
  d.fixes = text(row["fixes"]);
  d.incident = text(row["incident"]);
  if (!row["failed_by_hand"].is_null()) d.failed_by_hand = row["failed_by_hand"].as<bool>();
  return d;
}

std::vector<settled> load_deployments(transaction& work, const std::set<std::string>& ids) {
  std::vector<settled> all;
  if (ids.empty()) return all;
  for (const auto& row : run(work, sql::derivation::deployments_by_id, text_array(ids)))
    all.push_back(read_settled(row));
  return all;
}

void for_deployments(const derivation& in, const std::set<std::string>& ids,
                     const std::function<void(const settled&)>& look) {
  std::set<std::string> others;
  for (const auto& id : ids) {
    const auto changed = in.deployments.find(id);
    if (changed == in.deployments.end())
      others.insert(others.end(), id);
    else if (changed->second.now)
      look(*changed->second.now);
  }
  for (const auto& d : load_deployments(in.work, others)) look(d);
}

void names_of_changed::add(const settled& d) {
  constexpr std::size_t shortest = 7;  // figures.md §3
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; };
  for (const auto* name : {&d.id, &d.subject, &d.version, &d.commit}) {
    if (name->empty()) continue;
    auto small = *name;
    std::ranges::transform(small, small.begin(), lower);
    names.add(small);
  }
  if (d.commit.size() >= shortest) commits.add(d.commit);
}

incident_row read_incident(const pqxx::row& row) {
  incident_row i;
  i.id = text(row["id"]);
  i.where = {text(row["service"]), text(row["environment"])};
  i.production = row["production"].as<bool>();
  i.told = {.source = text(row["source"]),
            .subject = text(row["subject"]),
            .change = text(row["blamed"]),
            .started_at = *time_from_microseconds(row["started_at"]),
            .detected_at = *time_from_microseconds(row["detected_at"]),
            .restored_at = time_from_microseconds(row["restored_at"]),
            .stretches = read_stretches(row["stretches"])};
  return i;
}

std::vector<incident_row> load_incidents(transaction& work, const std::set<std::string>& ids) {
  std::vector<incident_row> all;
  if (ids.empty()) return all;
  for (const auto& row : run(work, sql::derivation::incidents_by_id, text_array(ids)))
    all.push_back(read_incident(row));
  return all;
}

remedy read_remedy(const pqxx::row& row) {
  return {.by_way = way_of(text(row["way"])).value(),
          .by = text(row["by"]),
          .change = text(row["change"]),
          .incident_source = text(row["incident_source"]),
          .incident_subject = text(row["incident_subject"]),
          .started_at = *time_from_microseconds(row["started_at"]),
          .finished_at = *time_from_microseconds(row["finished_at"])};
}

std::vector<remedy> load_remedies(transaction& work, const std::set<std::string>& changes, const things& named) {
  std::vector<remedy> all;
  if (changes.empty() && named.empty()) return all;
  const auto [sources, subjects] = thing_arrays(named);
  for (const auto& row : run(work, sql::derivation::remedies_of, text_array(changes), sources, subjects))
    all.push_back(read_remedy(row));
  return all;
}

json::value time_or_null(const std::optional<timestamp>& t) {
  return t ? json::value(format_time(*t)) : json::value(nullptr);
}

json::value text_or_null(const std::string& t) { return t.empty() ? json::value(nullptr) : json::value(t); }

std::string row_id(std::initializer_list<std::string_view> names) {
  std::string all;
  for (const auto& name : names) {
    if (&name != names.begin()) all += '\0';
    all += name;
  }
  return sha256_hex(all).substr(0, 20);
}

}
