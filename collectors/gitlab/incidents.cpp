// Issues of the type incident, or with a label of incidents.labels; feature flags.
#include <algorithm>

#include "collectors/gitlab/hook.hpp"

namespace releasehealth::gitlab {
namespace {

bool has_wanted_label(const hook& h) {
  const auto wanted = h.settings.list("incidents.labels");
  event labels;
  put_labels(labels, h.in, "/object_attributes/labels", "/title");
  const auto& all = labels.fields["labels"].get_array();
  return std::ranges::any_of(all, [&](const json::value& l) {
    return std::ranges::find(wanted, std::string_view(l.get_string())) != wanted.end();
  });
}

}

result<decoded> issue(const hook& h, timestamp now) {
  const auto text = [&](const char* field) { return h.text("/object_attributes/" + std::string(field)); };
  const auto time = [&](const char* field) { return h.time("/object_attributes/" + std::string(field)); };
  const auto type = text("type");
  if (type != "Incident" && type != "incident" && !has_wanted_label(h))
    return decoded::nothing("issue: neither an incident nor with a label of incidents.labels");
  const bool closed = text("state") == "closed", acknowledged = text("escalation_status") == "acknowledged";
  const auto at = text("action") == "open" ? time("created_at") : closed ? time("closed_at") : time("updated_at");
  auto e = h.start("incident", h.subject(project_of(h) + '#', "/object_attributes/iid"), at, now);
  put(e, "service", project_of(h));
  put(e, "repository", project_of(h));
  put(e, "title", text("title"));
  put(e, "url", text("url"));
  put(e, "started_at", time("created_at"));
  if (const auto severity = severity_of(text("severity"))) e.fields["severity"] = severity;
  e.fields["state"] = closed ? "resolved" : acknowledged ? "acknowledged" : "open";
  if (closed) put(e, "resolved_at", e.time);
  return decoded(std::move(e));
}

result<decoded> feature_flag(const hook& h, timestamp now) {
  const auto name = h.text("/object_attributes/name");
  auto e = h.start("flag", h.id, std::nullopt, now);
  put(e, "flag", name);
  put(e, "service", project_of(h));
  put(e, "repository", project_of(h));
  e.fields["on"] = flag_at(h.in, "/object_attributes/active");
  return decoded(std::move(e));
}

}
