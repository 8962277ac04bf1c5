// Issues with a label of incidents.labels, or of a type of incidents.types: incidents.
#include <algorithm>

#include "collectors/github/hook.hpp"

namespace releasehealth::github {
namespace {

bool is_wanted_label(const hook& h, std::string_view label) { return is_listed(h, "incidents.labels", {label}); }

bool is_wanted_type(const hook& h, std::string_view type) { return is_listed(h, "incidents.types", {type}); }

bool is_incident(const hook& h) {
  const auto labels = elements_at(h.in, "/issue/labels");
  return is_wanted_type(h, h.text("/issue/type/name")) ||
         std::ranges::any_of(labels, [&](const json::value& l) { return is_wanted_label(h, text_at(l, "/name")); });
}

// Whether this delivery is about the label or the type that makes an issue an incident.
bool turns_on_it(const hook& h, std::string_view action) {
  if (action == "labeled" || action == "unlabeled") return is_wanted_label(h, h.text("/label/name"));
  return (action == "typed" || action == "untyped") && is_wanted_type(h, h.text("/type/name"));
}

}

namespace {

// What an issue that was transferred is called in its new repository; empty: it is not said.
std::string new_name(const hook& h) {
  const auto repository = h.text("/changes/new_repository/full_name"), number = h.text("/changes/new_issue/number");
  return repository.empty() || number.empty() ? std::string() : repository + '#' + number;
}

}

result<decoded> issues(const hook& h, timestamp now) {
  if (h.settings.list("incidents.labels").empty() && h.settings.list("incidents.types").empty())
    return decoded::nothing("issues: this source has neither incidents.labels nor incidents.types");
  const auto action = h.text("/action");
  const bool is = is_incident(h), turns = turns_on_it(h, action);
  const bool becomes = (action == "labeled" || action == "typed") && turns;
  const bool closed = h.text("/issue/state") == "closed";
  const bool is_duplicate = closed && h.text("/issue/state_reason") == "duplicate" && is;
  const bool gone = action == "deleted" || action == "transferred" ||
                    ((action == "unlabeled" || action == "untyped") && !is && turns) ||
                    (is_duplicate && (action == "closed" || becomes));
  if (!gone && !is) return decoded::nothing("issues: neither with a label nor of a type of incidents");
  const bool opens = action == "opened" || action == "reopened" || becomes;
  const bool is_rewritten = action == "edited" && json_source(h.in).find("/changes/body");  // it may link others now
  if (!gone && !opens && action != "closed" && !is_rewritten) return decoded::nothing("issues: action " + action);

  const auto time = action == "opened"   ? time_at(h.in, "/issue/created_at")
                    : action == "closed" ? time_at(h.in, "/issue/closed_at")
                                         : time_at(h.in, "/issue/updated_at");
  auto e = h.start(thing_type::incident, h.subject(h.text("/repository/full_name") + '#', "/issue/number"), time, now);
  if (const auto moved = new_name(h); action == "transferred" && is && !moved.empty()) {
    moved_to(e, moved);
    return decoded(std::move(e));
  }
  if (gone) {
    retract(e);
    return decoded(std::move(e));
  }
  read_into(e, h.in,
            {{"service", "/repository/full_name"},
             {"repository", "/repository/full_name"},
             {"title", "/issue/title"},
             {"url", "/issue/html_url"},
             {"started_at", "/issue/created_at"}});
  put_links(e, h.in, {"/issue/body"});
  if (is_rewritten) return decoded(std::move(e));
  const bool is_open = opens && !closed;
  put_state(e, is_open ? incident_state::open : incident_state::resolved);
  if (!is_open) read_into(e, h.in, {{"resolved_at", "/issue/closed_at"}});  // a label may come long after
  // one that was closed as a duplicate counts again
  return becomes || action == "reopened" ? with_return(std::move(e)) : decoded(std::move(e));
}

}
