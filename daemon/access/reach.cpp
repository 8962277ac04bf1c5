#include "daemon/access/reach.hpp"

#include <algorithm>
#include <set>

#include "collectors/base/text.hpp"
#include "collectors/fields.hpp"

namespace releasehealth {
namespace {

bool covers(const std::vector<std::string>& names, std::string_view name, bool whatever_case = false) {
  return std::ranges::any_of(names, [&](std::string_view one) {
    const bool is_begin = one.ends_with('*');
    if (is_begin) one.remove_suffix(1);
    const auto part = is_begin ? name.substr(0, one.size()) : name;
    return whatever_case ? equal_ignoring_case(part, one) : part == one;
  });
}

std::string outside_text(const std::string& name, const std::vector<std::string>& inside) {
  return (name.empty() ? std::string("missing") : "\"" + name + "\" is not permitted") +
         "; expected one of: " + joined(inside);
}

// All services that an event may be mapped to. A former name may end at a date, and a thing is mapped as of its start.
std::vector<std::pair<std::string, std::string>> services_of(const event& e, std::string_view source,
                                                             const naming& names) {
  std::set<timestamp> instants = {e.time};
  if (!names.ends_of_names().empty())
    for (const auto* field : {"/started_at", "/detected_at", "/begin", "/at"})
      if (const auto instant = time_at(e.fields, field)) instants.insert(*instant);
  std::vector<std::pair<std::string, std::string>> all;
  for (const auto instant : instants) {
    if (e.type != event_type::incident) {
      all.emplace_back("/service", names.service(source, e.fields, instant));
      continue;
    }
    for (auto& one : names.services(source, e.fields, instant)) all.push_back(std::move(one));
  }
  return all;
}

// Whether the value is null, empty, or states that the incident is joined with none.
bool joins_nothing(const json::value& value) {
  if (value.is_null()) return true;
  const auto* all = value.if_array();
  return all && std::ranges::all_of(*all, [](const json::value& one) { return text_at(one, "") == joins_none; });
}

// A commit or tag is permitted if its repository belongs to a permitted service; for a source also if it belongs to
// none.
bool has_repository(const reach& permitted, const event& e, const naming& names, bool is_own_source) {
  const auto owners = names.services_of_repository(text_at(e.fields, "/repository"));
  return (is_own_source && owners.empty()) || permitted.services.empty() ||
         std::ranges::any_of(owners, [&](const auto& name) { return covers(permitted.services, name); });
}

}

void leave_out_joins(const reach& permitted, event& e) {
  if (permitted.is_everything()) return;
  for (const auto name : joining_fields) e.fields.erase(name);
}

bool reach::has_service(std::string_view name) const { return services.empty() || covers(services, name); }
bool reach::has_environment(std::string_view name) const {
  return environments.empty() || covers(environments, name, true);
}

reach reach_of(const source& s) {
  const auto services = s.list("services"), environments = s.list("environments");
  return {{services.begin(), services.end()}, {environments.begin(), environments.end()}};
}

std::vector<problem> outside(const reach& permitted, const event& e, std::string_view source, const naming& names,
                             bool is_own_source, const std::string& root) {
  std::vector<problem> found;
  if (permitted.is_everything()) return found;
  if (!is_own_source && !e.source.empty() && e.source != source)
    found.push_back({root + "/source", "names another source; a restricted token cannot report for it"});
  if (e.type == event_type::retraction) {
    if (!is_own_source)
      found.push_back(
          {root + "/type", "is a retraction, which may concern any service; a restricted token cannot send it"});
    return found;
  }
  if (e.type == event_type::commit || e.type == event_type::tag) {
    if (!has_repository(permitted, e, names, is_own_source))
      found.push_back({root + "/repository",
                       "is not a permitted repository; expected one that belongs to: " + joined(permitted.services)});
    return found;
  }
  for (const auto name : joining_fields)
    if (const auto* value = e.fields.if_contains(name); value && !joins_nothing(*value))
      found.push_back(
          {root + '/' + std::string(name), "may join another service's incident; not permitted within a restriction"});
  for (const auto* other : {"culprit", e.type == event_type::deployment ? "" : "incident"})
    if (e.fields.contains(other))
      found.push_back({root + '/' + other, "may belong to another service; not permitted within a restriction"});
  if (!permitted.services.empty())
    for (const auto& [pointer, name] : services_of(e, source, names))
      if (!permitted.has_service(name)) found.push_back({root + pointer, outside_text(name, permitted.services)});
  if (permitted.environments.empty() || e.type == event_type::work) return found;
  const auto environment = environment_or_default(names.environment(text_at(e.fields, "/environment")));
  if (!permitted.has_environment(environment))
    found.push_back({root + "/environment", outside_text(environment, permitted.environments)});
  return found;
}

}
