#include "collectors/alertmanager/alerts.hpp"

#include <array>

#include "collectors/hook.hpp"

namespace releasehealth::alertmanager {
namespace {

constexpr std::array<std::string_view, 2> service_labels = {"service", "service_name"};
constexpr std::array<std::string_view, 3> environment_labels = {"environment", "deployment_environment", "env"};

std::string label(const json::value& alert, std::string_view name) {
  return text_at(alert, "/labels/" + pointer_token(name));
}

template <class Names>
std::string first_label(const json::value& alert, const Names& names) {
  for (const auto& name : names)
    if (auto value = label(alert, name); !value.empty()) return value;
  return {};
}

std::string configured_label(const source& s, std::string_view key, const json::value& alert,
                             std::span<const std::string_view> otherwise) {
  const auto names = s.list(key);
  return names.empty() ? first_label(alert, otherwise) : first_label(alert, names);
}

// Alertmanager before 0.19 sends no fingerprint; it is a hash of the labels.
std::string fingerprint_of(const json::value& alert) {
  auto fingerprint = text_at(alert, "/fingerprint");
  if (!fingerprint.empty()) return fingerprint;
  json::error_code ec;
  const auto* labels = alert.find_pointer("/labels", ec);
  return sha256_hex(labels ? json::serialize(*labels) : std::string()).substr(0, 16);
}

// While an alert fires, endsAt is the year 1, or in some versions the time at which the alert would expire.
std::optional<timestamp> resolved_at(const json::value& alert) {
  const auto ends = time_at(alert, "/endsAt"), starts = time_at(alert, "/startsAt");
  return ends && (!starts || *ends >= *starts) ? ends : std::nullopt;
}

event read_alert(const source& s, const json::value& alert, const std::string& group, timestamp now) {
  const bool is_resolved = text_at(alert, "/status") == "resolved";
  const auto started = time_at(alert, "/startsAt");
  event e;
  e.reports(thing_type::incident);
  const auto fingerprint = fingerprint_of(alert);
  e.subject = fingerprint + '/' + text_at(alert, "/startsAt");
  e.id = e.subject + (is_resolved ? "/resolved" : "/firing");
  e.time = is_resolved ? resolved_at(alert).value_or(now) : started.value_or(now);
  put_state(e, is_resolved ? incident_state::resolved : incident_state::open);
  put(e, "alert_fingerprint", fingerprint);  // the ledger places the report by it (daemon/timeline/placement.hpp)
  // Grafana 12 overwrites the start of a resolved alert with its end: it then does not identify the incident
  if (!is_resolved || !started || *started < e.time) put(e, "started_at", started);
  if (is_resolved) put(e, "resolved_at", std::optional(e.time));
  put(e, "service", configured_label(s, "labels.service", alert, service_labels));
  put(e, "environment", configured_label(s, "labels.environment", alert, environment_labels));
  if (const auto severity = severity_of(label(alert, "severity"))) e.fields["severity"] = severity;
  // a resolved alert may lack its annotations: keep the title of the firing one
  const auto summary = text_at(alert, "/annotations/summary");
  if (!summary.empty() || !is_resolved) put(e, "title", summary.empty() ? label(alert, "alertname") : summary);
  put(e, "url", text_at(alert, "/generatorURL"));
  if (!group.empty()) put_link(e, sha256_hex(group));  // Alertmanager's deduplication key for PagerDuty and Opsgenie
  return e;
}

}

// A notification has no id, and an alert that fires again after its resolution has the same bytes as the first time.
// The ledger detects repetitions for each alert.
std::string key_of_alerts(const delivery& d) { return sha256_hex(d.body) + '/' + format_time(d.received_at); }

result<decoded> read_alerts(const source& s, const json::value& body, timestamp now, std::string_view sender) {
  json::error_code ec;
  const auto* alerts = body.find_pointer("/alerts", ec);
  if (!alerts || !alerts->is_array())
    return error(errc::unreadable, "the notification is not of the shape that " + std::string(sender) + " documents",
                 {{"/alerts", "is " + (alerts ? shown(*alerts) : "missing") + "; expected an array"}});
  const auto group = text_at(body, "/groupKey");
  decoded out;
  for (const auto& alert : alerts->get_array())
    if (label(alert, "severity") != "none") out.events.push_back(read_alert(s, alert, group, now));
  if (out.events.empty()) return decoded::nothing("no alert with a severity other than none");
  return checked(std::move(out), now, "the notification", sender, "/alerts");
}

}
