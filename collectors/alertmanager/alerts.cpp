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

// The same from firing to resolved, and another one the next time that it fires. Alertmanager before 0.19 sent no
// fingerprint: the labels are what it is made of.
std::string subject_of(const json::value& alert) {
  auto fingerprint = text_at(alert, "/fingerprint");
  if (fingerprint.empty()) {
    json::error_code ec;
    const auto* labels = alert.find_pointer("/labels", ec);
    fingerprint = sha256_hex(labels ? json::serialize(*labels) : std::string()).substr(0, 16);
  }
  return fingerprint + '/' + text_at(alert, "/startsAt");
}

// While it fires, endsAt is the year 1, or, from some versions, when it would time out.
std::optional<timestamp> resolved_at(const json::value& alert) {
  const auto ends = time_at(alert, "/endsAt"), starts = time_at(alert, "/startsAt");
  return ends && (!starts || *ends >= *starts) ? ends : std::nullopt;
}

event read_alert(const source& s, const json::value& alert, timestamp now) {
  const bool is_resolved = text_at(alert, "/status") == "resolved";
  const auto started = time_at(alert, "/startsAt");
  event e;
  e.thing = e.type = "incident";
  e.subject = subject_of(alert);
  e.id = e.subject + (is_resolved ? "/resolved" : "/firing");
  e.time = is_resolved ? resolved_at(alert).value_or(now) : started.value_or(now);
  e.fields["state"] = is_resolved ? "resolved" : "open";
  put(e, "started_at", started);
  if (is_resolved) put(e, "resolved_at", e.time);
  put(e, "service", configured_label(s, "labels.service", alert, service_labels));
  put(e, "environment", configured_label(s, "labels.environment", alert, environment_labels));
  if (const auto severity = severity_of(label(alert, "severity"))) e.fields["severity"] = severity;
  // a resolved alert may have lost its annotations: what the firing one said stays
  const auto summary = text_at(alert, "/annotations/summary");
  if (!summary.empty() || !is_resolved) put(e, "title", summary.empty() ? label(alert, "alertname") : summary);
  put(e, "url", text_at(alert, "/generatorURL"));
  return e;
}

}

// It has no id of its own: the same alerts in the same state are the same delivery, whenever it is repeated and by
// whichever of several Alertmanagers (sources.md §6).
std::string key_of_alerts(const delivery& d) {
  const auto in = parse_json(d.body, d.may);
  const auto alerts = in ? elements_at(*in, "/alerts") : std::span<const json::value>();
  if (alerts.empty()) return sha256_hex(d.body);
  std::string all = text_at(*in, "/groupKey");
  for (const auto& alert : alerts) all += '\n' + subject_of(alert) + ' ' + text_at(alert, "/status");
  return sha256_hex(all);
}

result<decoded> read_alerts(const source& s, const json::value& in, timestamp now, std::string_view sender) {
  json::error_code ec;
  const auto* alerts = in.find_pointer("/alerts", ec);
  if (!alerts || !alerts->is_array())
    return error(errc::unreadable, "the notification is not of the shape that " + std::string(sender) + " documents",
                 {{"/alerts", "is not an array"}});
  decoded out;
  for (const auto& alert : alerts->get_array())
    if (label(alert, "severity") != "none") out.events.push_back(read_alert(s, alert, now));
  if (out.events.empty()) return decoded::nothing("no alert with a severity other than none");
  return checked(std::move(out), now, "the notification", sender, "/alerts");
}

}
