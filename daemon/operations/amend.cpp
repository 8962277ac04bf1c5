#include "daemon/operations/amend.hpp"

#include <algorithm>
#include <span>

#include "collectors/canonical/canonical.hpp"
#include "collectors/fields.hpp"
#include "daemon/system/random_id.hpp"

namespace releasehealth {
namespace {

// What an override may not change: what a thing is called, whose it is, and what overrides say of themselves.
constexpr std::string_view never_amended[] = {"id",         "type", "source", "subject", "time",
                                              "repository", "path", "by",     "was"};
// A deployment is one of its service and environment; an incident's are facts like others.
constexpr std::string_view place_of_deployment[] = {"service", "environment"};

// What an override says of itself beside what it changes.
constexpr std::string_view reason_field = "reason";

bool is_amendable(std::string_view thing, std::string_view name) {
  const auto* known = find_field(name);
  return name == reason_field || std::ranges::find(never_amended, name) != std::end(never_amended) ||
         (known && has_word(known->types, thing));
}

std::string amendable(std::string_view thing) {
  std::string all;
  for (const auto& f : fields())
    if (has_word(f.types, thing) && std::ranges::find(never_amended, f.name) == std::end(never_amended) &&
        (thing != "deployment" || std::ranges::find(place_of_deployment, f.name) == std::end(place_of_deployment)))
      all += ' ' + std::string(f.name);
  return all;
}

// What stood there: as it was derived, else as it was told.
json::object values_before(const json::object& row, const json::object& patch) {
  json::object was;
  const auto& facts = row.at("facts").as_object();
  for (const auto& [name, value] : patch) {
    if (name == "reason") continue;
    const auto* derived = row.if_contains(name);
    const auto* told = facts.if_contains(name);
    was[name] = derived ? *derived : told ? *told : json::value(nullptr);
  }
  return was;
}

}

result<json::object> read_amendment(std::string_view thing, std::string_view content_type, std::string_view body,
                                    timestamp now) {
  const auto type = content_type.substr(0, content_type.find(';'));
  if (type != "application/merge-patch+json" && type != "application/json")
    return error(errc::media_type, "an amendment is application/merge-patch+json");
  auto patch = parse_json_strictly(body);
  if (!patch) return patch.error();
  if (!patch->is_object()) return error(errc::malformed, "not an amendment", {{"", "is not an object"}});
  event e;
  e.id = e.subject = "x";
  e.thing = e.type = thing;
  e.time = now;
  e.fields = std::move(patch->get_object());
  std::vector<problem> found;
  const auto refuse = [&](std::span<const std::string_view> names) {
    for (const auto name : names)
      if (e.fields.contains(name)) found.push_back({'/' + std::string(name), "cannot be amended"});
  };
  for (const auto& [name, value] : e.fields)
    if (const auto field = std::string_view(name); !is_amendable(thing, field))
      found.push_back({'/' + pointer_token(field), "unknown field; expected one of:" + amendable(thing)});
  refuse(never_amended);
  if (thing == "deployment") refuse(place_of_deployment);
  const auto* given = e.fields.if_contains("reason");
  const auto reason = given && given->is_string() ? text_at(e.fields, "/reason") : std::string();
  if (reason.find_first_not_of(" \t\r\n") == reason.npos || reason.size() > max_text)
    found.push_back({"/reason", "is missing, or no text: why this is amended"});
  if (e.fields.size() < 2) found.push_back({"", "names no field to amend"});
  for (auto& p : check(e, now)) found.push_back(std::move(p));
  if (!found.empty()) return error(errc::malformed, "nothing was amended", std::move(found));
  return std::move(e.fields);
}

std::vector<problem> outside(const reach& about, std::string_view thing, const json::object& row,
                             const json::object& patch, const naming& names) {
  event e;
  e.type = thing;
  for (const auto* key : {"service", "services", "environment"})
    if (const auto* value = row.if_contains(key); value && !value->is_null()) e.fields[key] = *value;
  auto found = outside(about, e, canonical::source_name, names, true);
  for (const auto& [name, value] : patch)
    if (name != reason_field) e.fields[name] = value;
  for (auto& p : outside(about, e, canonical::source_name, names, true)) found.push_back(std::move(p));
  return found;
}

ledger::entry override_entry(std::string_view thing, const json::object& row, json::object patch, const std::string& by,
                             timestamp now) {
  event e;
  e.id = "override-" + random_id();
  e.source = text_at(row, "/source");
  e.thing = e.type = thing;
  e.subject = text_at(row, "/subject");
  e.time = now;
  e.is_override = true;
  auto was = values_before(row, patch);
  e.fields = std::move(patch);
  e.fields["by"] = by;
  e.fields["was"] = std::move(was);
  if (thing == "deployment")
    for (const auto name : place_of_deployment) e.fields[name] = row.at(name);
  ledger::entry out;
  out.source = canonical::source_name;
  out.key = e.id;
  out.received_at = now;
  out.events.push_back(std::move(e));
  return out;
}

}
