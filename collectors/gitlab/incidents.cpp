// Issues, which are incidents if the timeline accepts their type or their labels; feature flags.
#include <algorithm>

#include "collectors/gitlab/hook.hpp"

namespace releasehealth::gitlab {
namespace {

// GitLab uses both spellings.
std::string type_of(const hook& h) {
  const auto type = h.text("/object_attributes/type");
  return type == "incident" ? "Incident" : type;
}

std::string_view labels_of(const hook& h) {
  constexpr std::string_view own = "/object_attributes/labels", outer = "/labels";
  return elements_at(h.body, own).empty() ? outer : own;
}

bool has_changed(const hook& h, std::initializer_list<const char*> names) {
  return std::ranges::any_of(
      names, [&](const char* name) { return json_source(h.body).find("/changes/" + std::string(name)) != nullptr; });
}

// Whether it is an incident by the current settings: it may have been retracted.
bool is_incident(const hook& h) {
  const bool has_default = h.settings.list("incidents.types").empty();
  return (has_default ? type_of(h) == "Incident" : is_listed(h, "incidents.types", {type_of(h)})) ||
         std::ranges::any_of(elements_at(h.body, labels_of(h)), [&](const json::value& l) {
           return is_listed(h, "incidents.labels", {text_at(l, "/title")});
         });
}

}

result<decoded> issue(const hook& h, timestamp now) {
  const auto text = [&](const char* field) { return h.text("/object_attributes/" + std::string(field)); };
  const auto time = [&](const char* field) { return h.time("/object_attributes/" + std::string(field)); };
  const bool closed = text("state") == "closed", acknowledged = text("escalation_status") == "acknowledged";
  const auto action = text("action");
  const auto ended = closed ? time("closed_at") : std::nullopt;
  auto occurred = action == "open" ? time("created_at") : action == "close" ? ended : std::nullopt;
  if (!occurred) occurred = time("updated_at");
  auto e = h.start(thing_type::incident, h.subject(project_of(h) + '#', "/object_attributes/iid"), occurred, now);
  if (!text("promoted_to_epic_id").empty()) {
    retract(e);
    return decoded(std::move(e));
  }
  // closed as part of another issue; reopening removes the mark
  const auto moved = text("moved_to_id"), original = text("duplicated_to_id");
  if (!moved.empty()) {
    moved_to(e, h.own_name(moved));
    return decoded(std::move(e));
  }
  put(e, "service", project_of(h));
  put(e, "repository", project_of(h));
  put(e, "title", text("title"));
  put(e, "url", text("url"));
  put_links(e, h.body, {"/object_attributes/description"});
  if (const auto id = text("id"); !id.empty()) put_name(e, h.own_name(id));
  if (const auto name = h.own_name(original); !original.empty())
    duplicate_of(e, std::span(&name, 1));
  else if (action == "reopen")
    no_duplicate(e);
  put(e, "started_at", time("created_at"));
  put(e, "issue_type", type_of(h));
  put_labels(e, h.body, labels_of(h), "/title");
  const bool is_new_class = has_changed(h, {"type", "issue_type", "work_item_type_id", "labels"});
  if (is_new_class) e.fields["reclassified"] = true;
  if (const auto severity = severity_of(text("severity"))) e.fields["severity"] = severity;
  if (original.empty()) {  // closing a duplicate does not resolve it
    put_state(e, closed         ? incident_state::resolved
                 : acknowledged ? incident_state::acknowledged
                                : incident_state::open);
    if (closed) put(e, "resolved_at", std::optional(ended.value_or(e.time)));
  }
  const bool returns = action == "reopen" || (is_new_class && is_incident(h));
  return returns ? with_return(std::move(e)) : decoded(std::move(e));
}

result<decoded> feature_flag(const hook& h, timestamp now) {
  const auto name = h.text("/object_attributes/name");
  auto e = h.start(thing_type::flag, h.id, std::nullopt, now);
  put(e, "flag", name);
  put(e, "service", project_of(h));
  put(e, "repository", project_of(h));
  e.fields["on"] = flag_at(h.body, "/object_attributes/active");
  return decoded(std::move(e));
}

}
