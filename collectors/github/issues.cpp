// Issues, which are incidents if the timeline accepts their labels or their type.
#include "collectors/github/hook.hpp"

namespace releasehealth::github {
namespace {

// Whether this delivery adds a label or a type by which the issue is an incident now: it may have been retracted.
bool becomes_incident(const hook& h, std::string_view action) {
  return (action == "labeled" && is_listed(h, "incidents.labels", {h.text("/label/name")})) ||
         (action == "typed" && is_listed(h, "incidents.types", {h.text("/type/name")}));
}

bool reclassifies(std::string_view action) {
  return action == "labeled" || action == "unlabeled" || action == "typed" || action == "untyped";
}

// The name of a transferred issue in its new repository; empty if not reported.
std::string new_name(const hook& h) {
  const auto repository = h.text("/changes/new_repository/full_name"), number = h.text("/changes/new_issue/number");
  return repository.empty() || number.empty() ? std::string() : repository + '#' + number;
}

}

result<decoded> issues(const hook& h, timestamp now) {
  if (h.settings.list("incidents.labels").empty() && h.settings.list("incidents.types").empty())
    return decoded::nothing("issues: this source has neither incidents.labels nor incidents.types");
  const auto action = h.text("/action");
  const bool closed = h.text("/issue/state") == "closed", is_new_class = reclassifies(action);
  const bool is_duplicate = closed && h.text("/issue/state_reason") == "duplicate";
  const bool gone =
      action == "deleted" || action == "transferred" || (is_duplicate && (action == "closed" || is_new_class));
  const bool becomes = becomes_incident(h, action);
  const bool opens = action == "opened" || action == "reopened" || becomes;
  const bool is_rewritten = action == "edited" && json_source(h.body).find("/changes/body");  // links may have changed
  if (!gone && !opens && !is_new_class && action != "closed" && !is_rewritten)
    return decoded::nothing("issues: action " + action);

  const auto time = action == "opened"   ? time_at(h.body, "/issue/created_at")
                    : action == "closed" ? time_at(h.body, "/issue/closed_at")
                                         : time_at(h.body, "/issue/updated_at");
  auto e = h.start(thing_type::incident, h.subject(h.text("/repository/full_name") + '#', "/issue/number"), time, now);
  if (const auto moved = new_name(h); action == "transferred" && !moved.empty()) {
    moved_to(e, moved);
    return decoded(std::move(e));
  }
  if (gone) {
    retract(e);
    return decoded(std::move(e));
  }
  read_into(e, h.body,
            {{"service", "/repository/full_name"},
             {"repository", "/repository/full_name"},
             {"title", "/issue/title"},
             {"url", "/issue/html_url"},
             {"issue_type", "/issue/type/name"},
             {"started_at", "/issue/created_at"}});
  put_labels(e, h.body, "/issue/labels", "/name");
  put_links(e, h.body, {"/issue/body"});
  if (is_new_class) {
    e.fields["reclassified"] = true;
    if (!e.fields.contains("issue_type")) e.fields["issue_type"] = nullptr;
  }
  if (is_rewritten || (is_new_class && !becomes)) return decoded(std::move(e));
  const bool is_open = opens && !closed;
  put_state(e, is_open ? incident_state::open : incident_state::resolved);
  if (!is_open) read_into(e, h.body, {{"resolved_at", "/issue/closed_at"}});  // a label may be added long after
  // an issue that was closed as a duplicate counts again
  return becomes || action == "reopened" ? with_return(std::move(e)) : decoded(std::move(e));
}

}
