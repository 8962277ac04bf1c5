// Issues of the type incident, or with a label of incidents.labels; feature flags.
#include <algorithm>

#include "collectors/gitlab/hook.hpp"

namespace releasehealth::gitlab {
namespace {

bool is_incident_type(std::string_view type) { return type == "Incident" || type == "incident"; }

bool has_wanted_label(const hook& h, std::string_view pointer) {
  return std::ranges::any_of(elements_at(h.in, pointer), [&](const json::value& l) {
    return is_listed(h, "incidents.labels", {text_at(l, "/title")});
  });
}

// The name of the member of `changes` that says that the type is another one; empty if none does.
std::string changed_type(const hook& h) {
  for (const auto* name : {"type", "issue_type", "work_item_type_id"}) {
    const auto pointer = "/changes/" + std::string(name);
    if (json_source(h.in).find(pointer)) return pointer;
  }
  return {};
}

/// Whether an issue is an incident by its type or a label, and whether it was one before this delivery.
struct standing {
  bool is, was;
};
standing standing_of(const hook& h) {
  const bool by_type = is_incident_type(h.text("/object_attributes/type"));
  const bool by_label = has_wanted_label(h, "/object_attributes/labels") || has_wanted_label(h, "/labels");
  const auto type = changed_type(h);
  // the number of a type says nothing here: it was an incident if it is none now
  const bool had_type = type.empty()                          ? by_type
                        : type.ends_with("work_item_type_id") ? !by_type
                                                              : is_incident_type(h.text(type + "/previous"));
  const bool had_label =
      json_source(h.in).find("/changes/labels") ? has_wanted_label(h, "/changes/labels/previous") : by_label;
  return {by_type || by_label, had_type || had_label};
}

}

result<decoded> issue(const hook& h, timestamp now) {
  const auto text = [&](const char* field) { return h.text("/object_attributes/" + std::string(field)); };
  const auto time = [&](const char* field) { return h.time("/object_attributes/" + std::string(field)); };
  const auto [is, was] = standing_of(h);
  if (!is && !was) return decoded::nothing("issue: neither an incident nor with a label of incidents.labels");
  const bool closed = text("state") == "closed", acknowledged = text("escalation_status") == "acknowledged";
  const auto action = text("action");
  const auto ended = closed ? time("closed_at") : std::nullopt;
  auto at = action == "open" ? time("created_at") : action == "close" ? ended : std::nullopt;
  if (!at) at = time("updated_at");
  auto e = h.start(thing_type::incident, h.subject(project_of(h) + '#', "/object_attributes/iid"), at, now);
  if (!is || !text("promoted_to_epic_id").empty()) {
    retract(e);
    return decoded(std::move(e));
  }
  // closed for another one, which goes on: reopening takes the mark away
  const auto moved = text("moved_to_id"), original = text("duplicated_to_id");
  if (!moved.empty()) {
    moved_to(e, h.own_name(moved));
    return decoded(std::move(e));
  }
  put(e, "service", project_of(h));
  put(e, "repository", project_of(h));
  put(e, "title", text("title"));
  put(e, "url", text("url"));
  put_links(e, h.in, {"/object_attributes/description"});
  if (const auto id = text("id"); !id.empty()) put_name(e, h.own_name(id));
  if (const auto name = h.own_name(original); !original.empty())
    duplicate_of(e, std::span(&name, 1));
  else if (action == "reopen")
    no_duplicate(e);
  put(e, "started_at", time("created_at"));
  if (const auto severity = severity_of(text("severity"))) e.fields["severity"] = severity;
  if (original.empty()) {  // a duplicate was not resolved
    put_state(e,
              closed ? incident_state::resolved : acknowledged ? incident_state::acknowledged : incident_state::open);
    if (closed) put(e, "resolved_at", std::optional(ended.value_or(e.time)));
  }
  return !was || action == "reopen" ? with_return(std::move(e)) : decoded(std::move(e));
}

result<decoded> feature_flag(const hook& h, timestamp now) {
  const auto name = h.text("/object_attributes/name");
  auto e = h.start(thing_type::flag, h.id, std::nullopt, now);
  put(e, "flag", name);
  put(e, "service", project_of(h));
  put(e, "repository", project_of(h));
  e.fields["on"] = flag_at(h.in, "/object_attributes/active");
  return decoded(std::move(e));
}

}
