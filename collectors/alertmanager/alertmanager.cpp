#include "collectors/alertmanager/alertmanager.hpp"

#include <algorithm>
#include <array>

#include "collectors/hook.hpp"

namespace releasehealth::alertmanager {
namespace {

constexpr std::array<std::string_view, 2> service_labels = {"service", "service_name"};
constexpr std::array<std::string_view, 3> environment_labels = {"environment", "deployment_environment", "env"};

constexpr setting_rule settings[] = {
    {"labels.service", true, "", "",
     "labels that name the service, the first that an alert has; default: service, service_name"},
    {"labels.environment", true, "", "",
     "labels that name the environment; default: environment, deployment_environment, env"},
};

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

std::span<const json::value> alerts_of(const json::value& in) {
  json::error_code ec;
  const auto* alerts = in.find_pointer("/alerts", ec);
  return alerts && alerts->is_array() ? std::span(alerts->get_array().data(), alerts->get_array().size())
                                      : std::span<const json::value>();
}

bool authentic(const source& s, const delivery& d) { return token_is_any(s.secrets, bearer_token(d.header)); }

// It has no id of its own: the same alerts in the same state are the same delivery, whenever it is repeated and by
// whichever of several Alertmanagers (sources.md §6).
std::string key(const delivery& d) {
  const auto in = parse_json(d.body);
  if (!in || alerts_of(*in).empty()) return sha256_hex(d.body);
  std::string all = text_at(*in, "/groupKey");
  for (const auto& alert : alerts_of(*in)) all += '\n' + subject_of(alert) + ' ' + text_at(alert, "/status");
  return sha256_hex(all);
}

result<decoded> decode(const source& s, const delivery& d) {
  const auto in = json_body(d, "Alertmanager");
  if (!in) return in.error();
  json::error_code ec;
  const auto* alerts = in->find_pointer("/alerts", ec);
  if (!alerts || !alerts->is_array())
    return error(errc::unreadable, "not of the shape that Alertmanager documents", {{"/alerts", "is not an array"}});
  decoded out;
  for (std::size_t n = 0; n < alerts->get_array().size(); ++n) {
    const auto& alert = alerts->get_array()[n];
    if (label(alert, "severity") == "none") continue;
    auto e = read_alert(s, alert, d.received_at);
    if (auto found = check(e, d.received_at, "/alerts/" + std::to_string(n)); !found.empty())
      return error(errc::unreadable, "not of the shape that Alertmanager documents", std::move(found));
    out.events.push_back(std::move(e));
  }
  if (out.events.empty()) return decoded::nothing("no alert with a severity other than none");
  return out;
}

}

constinit const collector collect = {
    .kind = "alertmanager",
    .help = "Prometheus Alertmanager's webhook, with the secret as bearer token: alerts are incidents",
    .body_limit = std::size_t{1024} * 1024,
    .settings = settings,
    .authentic = authentic,
    .key = key,
    .decode = decode,
    .check = [](const source&) { return std::string(); },
};

}
