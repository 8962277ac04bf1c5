// CDEvents 0.1 to 0.6 drafts (sources.md §11): deployed, upgraded and rolled back services, incidents, tickets.
#include <algorithm>

#include "collectors/artifact.hpp"
#include "collectors/base/text.hpp"
#include "collectors/cloudevents/envelope.hpp"
#include "collectors/duplicates.hpp"
#include "collectors/facts.hpp"
#include "collectors/fields.hpp"

namespace releasehealth::cloudevents {
namespace {

/// The meaning of a type `dev.cdevents.<subject>.<predicate>.<version>`; the version is ignored.
struct meaning {
  std::string_view kind;                        ///< subject.predicate
  std::optional<deployment_state> deployed;     ///< none: an incident
  std::optional<incident_state> incident = {};  ///< none: no state
  std::optional<deployment_kind> deployed_as = {};
};
constexpr meaning meanings[] = {
    {"service.deployed", deployment_state::succeeded},
    {"service.upgraded", deployment_state::succeeded},
    {"service.rolledback", deployment_state::succeeded, {}, deployment_kind::rollback},
    {"incident.detected", {}, incident_state::open},
    {"incident.reported", {}, incident_state::open},
    {"incident.resolved", {}, incident_state::resolved},
    {"ticket.created", {}, incident_state::open},
    {"ticket.updated", {}},
    {"ticket.closed", {}, incident_state::resolved},
};

std::string kind_of(std::string_view type) {
  constexpr std::string_view prefix = "dev.cdevents.";
  if (!type.starts_with(prefix)) return {};
  type.remove_prefix(prefix.size());
  const auto predicate = type.find('.');
  return std::string(type.substr(0, predicate == type.npos ? predicate : type.find('.', predicate + 1)));
}

// The tag of the artifact, else its digest.
std::string version_of(const image& artifact) { return artifact.tag.empty() ? artifact.digest : artifact.tag; }

// The cause that a link names by the id of its event, which is the subject of the deployment.
std::string caused_by(const json::value& data) {
  for (const auto& l : elements_at(data, "/context/links"))
    if (text_at(l, "/linkType") == "RELATION")
      if (auto target = text_at(l, "/target/contextId"); !target.empty()) return target;
  return {};
}

// The daemon's own fields in customData, for which CDEvents have none: severity, commit, kind, ref... Members of
// another form belong to other programs and are skipped.
void put_custom(event& e, const json::value& data, timestamp now) {
  json::error_code ec;
  const auto* custom = data.find_pointer("/customData", ec);
  if (!custom || !custom->is_object()) return;
  for (const auto& f : fields()) {
    const auto* value = custom->get_object().if_contains(f.name);
    if (!value || f.looks == form::any || f.looks == form::timed || f.name == "state") continue;
    event probe;
    probe.id = probe.subject = "x";
    probe.reports(e.thing);
    probe.time = now;
    probe.fields[f.name] = *value;
    if (f.types.contains(e.type) && check(probe, now).empty()) e.fields[f.name] = probe.fields[f.name];
  }
  if (const auto severity = severity_of(text_at(*custom, "/severity")); severity && e.type == event_type::incident)
    e.fields["severity"] = severity;
}

}

std::optional<event> read_cdevent(const envelope& message, timestamp now, std::string& why) {
  event e;
  const auto text = [&](const char* pointer) { return text_at(message.data, pointer); };
  const auto kind = kind_of(message.type);
  const auto known = std::ranges::find(meanings, kind, &meaning::kind);
  if (known == std::end(meanings)) {
    why = "event type " + message.type + " is not read";
    return {};
  }
  const auto ticket = text("/subject/content/ticketType");
  if (kind.starts_with("ticket.") && ticket != "incident" && ticket != "bug") {
    why = "ticket: neither an incident nor a bug";
    return {};
  }
  e.reports(known->deployed ? thing_type::deployment : thing_type::incident);
  const auto time = time_at(message.data, "/context/timestamp");
  e.time = time ? *time : message.time.value_or(now);
  put(e, "state", known->deployed ? word(known->deployed) : word(known->incident));
  put(e, "environment", text("/subject/content/environment/id"));
  const auto artifact = text("/subject/content/artifactId");
  const auto version = version_of(parse_image(artifact));
  if (known->deployed) {
    e.subject = message.id;
    put(e, "service", message.subject.empty() ? text("/subject/id") : message.subject);
    put(e, "version", version);
    if (!version.empty()) put_image(e, artifact);
    put(e, "kind", word(known->deployed_as));
    put(e, "finished_at", std::optional(e.time));
  } else {
    e.subject = text("/subject/id");
    put(e, "service", text("/subject/content/service/id"));
    const auto description = text("/subject/content/description");
    put(e, "title", first_line(description.empty() ? text("/subject/content/summary") : description));
    const auto url = text("/subject/content/ticketURI");
    put(e, "url", url.empty() ? text("/subject/content/uri") : url);
    const auto cause = caused_by(message.data);
    if (known->incident == incident_state::open) put(e, "culprit", cause.empty() ? version : cause);
    if (kind == "incident.detected") put(e, "detected_at", std::optional(e.time));
    if (const auto severity = severity_of(text("/subject/content/priority"))) e.fields["severity"] = severity;
  }
  put_custom(e, message.data, now);
  if (kind == "ticket.closed" && is_duplicate_word(text("/subject/content/resolution"))) {
    e.fields.clear();
    retract(e);
  }
  return e;
}

}
