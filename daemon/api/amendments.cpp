// PATCH /api/v1/deployments/{id} and /api/v1/incidents/{id}: overrides and follow-ups (figures.md section 4, step 1,
// and section 9). A JSON merge patch with a reason becomes an event that takes precedence over every source and records
// author, time, reason and the previous values; null withdraws an earlier override of a field.
#include <algorithm>
#include <span>

#include "collectors/base/nearest.hpp"
#include "collectors/canonical/canonical.hpp"
#include "collectors/facts.hpp"
#include "collectors/fields.hpp"
#include "daemon/api/endpoints.hpp"
#include "daemon/api/things.hpp"
#include "daemon/system/random_id.hpp"

namespace releasehealth::api {
namespace {

// Fields that no override may change: names, owners, and the record of the override itself.
constexpr std::string_view never_amended[] = {"id",         "type", "source", "subject", "time",
                                              "repository", "path", "by",     "was"};
// These identify a deployment, but are ordinary facts of an incident.
constexpr std::string_view place_of_deployment[] = {"service", "environment"};

// The only field of an override that is not itself amended.
constexpr std::string_view reason_field = "reason";

bool is_amendable(thing_type thing, std::string_view name) {
  const auto* known = find_field(name);
  return name == reason_field || std::ranges::find(never_amended, name) != std::end(never_amended) ||
         (known && known->types.contains(report_of(thing)));
}

std::string amendable(thing_type thing) {
  std::string all;
  for (const auto& f : fields())
    if (f.types.contains(report_of(thing)) && std::ranges::find(never_amended, f.name) == std::end(never_amended) &&
        (thing != thing_type::deployment ||
         std::ranges::find(place_of_deployment, f.name) == std::end(place_of_deployment)))
      all += ' ' + std::string(f.name);
  return all;
}

// The values before the override: derived, else reported. Joining fields are facts of each member of an incident, which
// the row of the joined incident does not have.
json::object values_before(const json::object& row, const json::object& patch) {
  json::object was;
  const auto& facts = row.at("facts").as_object();
  for (const auto& [name, value] : patch) {
    if (name == "reason" || std::ranges::find(joining_fields, std::string_view(name)) != std::end(joining_fields))
      continue;
    const auto* derived = row.if_contains(name);
    const auto* told = facts.if_contains(name);
    was[name] = derived ? *derived : told ? *told : json::value(nullptr);
  }
  return was;
}

/// The fields of a deployment or an incident to change, and a mandatory `reason`. errc::media_type, errc::malformed.
result<json::object> read_amendment(thing_type thing, std::string_view content_type, std::string_view body,
                                    timestamp now) {
  const auto type = content_type.substr(0, content_type.find(';'));
  if (type != "application/merge-patch+json" && type != "application/json")
    return unsupported_type(content_type, "application/merge-patch+json");
  auto patch = parse_json_strictly(body);
  if (!patch) return patch.error();
  if (!patch->is_object())
    return error(errc::malformed, "invalid amendment", {{"", "is " + shown(*patch) + "; expected an object"}});
  event e;
  e.id = e.subject = "x";
  e.reports(thing);
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
  if (thing == thing_type::deployment) refuse(place_of_deployment);
  const auto* given = e.fields.if_contains("reason");
  const auto reason = given && given->is_string() ? text_at(e.fields, "/reason") : std::string();
  if (reason.find_first_not_of(" \t\r\n") == reason.npos || reason.size() > max_text)
    found.push_back({"/reason", "missing or invalid; expected a text with the reason of the amendment"});
  if (e.fields.size() < 2) found.push_back({"", "no field to amend; expected one beside reason"});
  for (auto& p : check(e, now)) found.push_back(std::move(p));
  if (!found.empty()) return error(errc::malformed, "nothing was amended", std::move(found));
  return std::move(e.fields);
}

// Problems if a token may not amend this; empty: it may. The thing must be within the token's reach before and after
// the patch.
std::vector<problem> outside_of(const reach& permitted, thing_type thing, const json::object& row,
                                const json::object& patch, const naming& names, timestamp now) {
  if (permitted.is_everything()) return {};
  std::vector<problem> found;
  const auto service = text_at(row, "/service"), environment = text_at(row, "/environment");  // mapped already
  if (!permitted.has_service(service)) found.push_back({"/service", in_quotes(service) + " may not be amended"});
  if (thing != thing_type::work && !permitted.has_environment(environment_or_default(environment)))
    found.push_back({"/environment", in_quotes(environment) + " may not be amended"});
  event e;
  e.reports(thing);
  e.time = now;
  e.fields = patch;
  e.fields.erase(reason_field);
  const bool names_service = e.fields.contains("service") || e.fields.contains("services");
  auto remaining = permitted;  // unpatched fields were checked above
  if (!names_service) remaining.services = {"*"};
  if (!e.fields.contains("environment")) remaining.environments = {"*"};
  for (auto& p : outside(remaining, e, text_at(row, "/source"), names, true)) found.push_back(std::move(p));
  return found;
}

/// The thing with an id: its row and, for a joined incident, the member with that id.
struct meant_thing {
  const json::object* row = nullptr;
  thing_id thing;
};

// By id, else by the sender's id if only one has it. Nothing if neither a row nor a member of one has the id.
std::optional<meant_thing> find_meant(std::span<const json::object> found, const std::string& id) {
  for (const auto& row : found)
    if (text_at(row, "/id") == id) return meant_thing{&row, {text_at(row, "/source"), text_at(row, "/subject")}};
  for (const auto& row : found)
    for (const auto& member : elements_at(row, "/members"))
      for (const auto& one : elements_at(member, "/ids"))
        if (text_at(one, "") == id) return meant_thing{&row, {text_at(member, "/source"), text_at(member, "/subject")}};
  if (found.size() != 1) return {};  // one of several with the sender's id
  return meant_thing{&found.front(), {text_at(found.front(), "/source"), text_at(found.front(), "/subject")}};
}

// The row itself or, for the row of a group, each of its members, because a group's row has no reports of its own.
std::vector<json::object> rows_meant(const json::object& row) {
  std::vector<json::object> all;
  for (const auto& member : elements_at(row, "/members")) {
    if (!member.as_object().contains("environment")) continue;  // a member of a joined incident
    auto& one = all.emplace_back(row);
    for (const auto& [key, value] : member.as_object()) one[key] = value;
  }
  if (all.empty()) all.push_back(row);
  return all;
}

// `row`: the thing's columns.
event override_event(thing_type thing, const thing_id& amended, const json::object& row, json::object patch,
                     const std::string& author, timestamp now) {
  event e;
  e.id = "override-" + random_id();
  e.source = amended.source;
  e.reports(thing);
  e.subject = amended.subject;
  e.time = now;
  e.is_override = true;
  auto was = values_before(row, patch);
  e.fields = std::move(patch);
  e.fields["by"] = author;
  e.fields["was"] = std::move(was);
  if (thing == thing_type::deployment)
    for (const auto name : place_of_deployment) e.fields[name] = row.at(name);
  return e;
}

ledger::entry override_entry(std::vector<event> events, timestamp now) {
  ledger::entry out;
  out.source = canonical::source_name;
  out.key = events.front().id;
  out.received_at = now;
  out.events = std::move(events);
  return out;
}

endpoint amend(const shown_thing& thing, const logger& log) {
  const auto begin = [&thing, &log](const call& c) -> result<plan> {
    auto patch = read_amendment(thing.type, c.request.header.get("Content-Type"), c.request.body, c.now);
    if (!patch) return patch.error();
    const auto make = [&thing, &log, id = c.named(), now = c.now, author = c.caller->name,
                       permitted = c.caller->permitted, current = c.current,
                       patch = std::move(*patch)](ledger::reader& database) -> result<ledger::entry> {
      const auto found = (database.*thing.find)(id);
      const auto known = find_meant(found, id);
      if (!known) return unknown(thing.type);
      for (const auto& row : found)  // an override of a member applies to its incident in all services
        for (const auto& one : rows_meant(row))
          if (auto wrong = outside_of(permitted, thing.type, one, patch, current->timeline.blame.names, now);
              !wrong.empty())
            return error(errc::forbidden, "nothing was amended", std::move(wrong));
      log.info("override", {{thing.name(), id}, {"by", author}});
      std::vector<event> events;
      for (const auto rows = rows_meant(*known->row); const auto& one : rows) {
        const thing_id own{text_at(one, "/source"), text_at(one, "/subject")};
        events.push_back(override_event(thing.type, rows.size() == 1 ? known->thing : own, one, patch, author, now));
      }
      return override_entry(std::move(events), now);
    };
    return appending{make};
  };
  return {"PATCH",
          thing.path_of_one(),
          {.tag = "decisions",
           .summary = "Amend with an override or a follow-up and a reason; null withdraws an override.",
           .gives = "Stored",
           .takes = thing.amendment,
           .scope = "amend",
           .status = 202,
           .query = std::vector<http::parameter>{}},
          begin};
}

}

std::vector<endpoint> amendments(const surroundings& around) {
  std::vector<endpoint> all;
  for (const auto& thing : shown_things) all.push_back(amend(thing, around.log));
  return all;
}

}
