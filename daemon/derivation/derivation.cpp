#include "daemon/derivation/derivation.hpp"

#include <algorithm>

#include "collectors/base/crypto.hpp"
#include "collectors/base/text.hpp"
#include "collectors/fields.hpp"
#include "collectors/words.hpp"
#include "daemon/derivation/rows.hpp"
#include "sql/derivation.hpp"

namespace releasehealth::ledger {
void derivation::note(const std::string& id, const place& where) {
  places.insert(where);
  const auto group = settings.blame.names.group_of(where.environment);
  if (group.empty()) return;
  places.insert({where.service, std::string(group)});
  written.insert(id);
}

std::set<std::string> derivation::blamed_changes() const {
  std::set<std::string> all;
  for (const auto& [id, i] : incidents)
    for (const auto* row : {&i.previous, &i.now})
      if (*row && !(*row)->told.change.empty()) all.insert((*row)->told.change);
  return all;
}

things derivation::changed_incidents() const {
  things all;
  for (const auto& [id, i] : incidents)
    for (const auto* row : {&i.previous, &i.now})
      if (*row) all.insert((*row)->told.thing);
  return all;
}

reports_of_things load_reports(transaction& work, thing_type type, const things& all) {
  reports_of_things reports;
  for (auto& e : query<told_event>(work, sql::derivation::events_of_things, type, by_column(all)))
    reports[std::move(e.thing)].push_back(std::move(e.told));
  return reports;
}

reports_of_things take_reports(derivation& step, thing_type type, const things& all) {
  reports_of_things taken;
  things missing;
  auto& told = step.told[type];
  for (const auto& key : all)
    if (auto known = told.extract(key))
      taken.insert(std::move(known));
    else
      missing.insert(key);
  if (!missing.empty()) taken.merge(load_reports(step.work, type, missing));
  return taken;
}

std::vector<settled> load_deployments(transaction& work, const std::set<std::string>& ids) {
  if (ids.empty()) return {};
  return query<settled>(work, sql::derivation::deployments_by_id, ids);
}

void for_deployments(const derivation& step, const std::set<std::string>& ids,
                     const std::function<void(const settled&)>& look) {
  std::set<std::string> others;
  for (const auto& id : ids) {
    const auto changed = step.deployments.find(id);
    if (changed == step.deployments.end())
      others.insert(others.end(), id);
    else if (changed->second.now)
      look(*changed->second.now);
  }
  for (const auto& d : load_deployments(step.work, others)) look(d);
}

void names_of_changed::add(const settled& d) {
  for (const auto* name : {&d.id, &d.thing.subject, &d.version, &d.commit})
    if (!name->empty()) names.push_back(lookup_key(*name));
  if (d.commit.size() >= shortest_commit) commits.push_back(d.commit);
}

std::vector<incident_row> load_incidents(transaction& work, const std::set<std::string>& ids) {
  if (ids.empty()) return {};
  return query<incident_row>(work, sql::derivation::incidents_by_id, ids);
}

std::vector<remedy> load_remedies(transaction& work, const std::set<std::string>& changes, const things& named) {
  if (changes.empty() && named.empty()) return {};
  return query<remedy>(work, sql::derivation::remedies_of, changes, by_column(named));
}

std::string row_id(std::initializer_list<std::string_view> names) {
  std::string all;
  for (const auto& name : names) {
    if (&name != names.begin()) all += '\0';
    all += name;
  }
  return sha256_hex(all).substr(0, 20);
}

}
