#include "daemon/reports/alert_rules.hpp"

#include <algorithm>
#include <cctype>
#include <set>
#include <tuple>

#include "collectors/base/text.hpp"
#include "daemon/figures/figure.hpp"
#include "daemon/figures/verdict.hpp"

namespace releasehealth {
namespace {

struct own_rule {
  std::string_view alert, expression, wait, severity, summary, description;
};

// The daemon's own health. Without these alerts, the absence of alerts about releases proves nothing.
constexpr own_rule own_rules[] = {
    {"ReleaseHealthDown", "up{job=\"releasehealthd\"} == 0", "5m", "critical", "releasehealthd cannot be scraped.",
     "{{ $labels.instance }} has not answered for 5 minutes; its figures are not monitored."},
    {"ReleaseHealthDatabaseDown", "releasehealth_database_up == 0", "5m", "critical", "releasehealthd has no database.",
     "{{ $labels.instance }} cannot reach PostgreSQL. It spools deliveries until the spool is full, then responds "
     "503."},
    {"ReleaseHealthDatabaseFailing",
     "sum by (instance, reason) (increase(releasehealth_database_failures_total[5m])) > 0", "10m", "warning",
     "PostgreSQL requests fail.",
     "{{ $labels.instance }}: requests keep failing ({{ $labels.reason }}). Deliveries acknowledged meanwhile are in "
     "the spool."},
    {"ReleaseHealthSpooling", "releasehealth_spooled_deliveries > 0", "10m", "warning",
     "Acknowledged deliveries are spooled and not in PostgreSQL.",
     "{{ $labels.instance }} has {{ $value }} deliveries in its spool; the figures do not include them yet."},
    {"ReleaseHealthSpoolStuck",
     "releasehealth_oldest_spooled_delivery_timestamp_seconds == "
     "releasehealth_oldest_spooled_delivery_timestamp_seconds offset 10m and "
     "min_over_time(releasehealth_database_up[10m]) == 1",
     "", "critical", "The spool is not drained although PostgreSQL answers.",
     "{{ $labels.instance }}: the oldest spooled delivery, received {{ $value | humanizeTimestamp }}, has not been "
     "stored for ten minutes."},
    {"ReleaseHealthRefusing",
     "sum by (instance, source) (increase(releasehealth_deliveries_total{outcome=\"unavailable\"}[5m])) > 0", "",
     "critical", "Deliveries are rejected because no durable storage is available.",
     "{{ $labels.instance }} responded 503 to {{ $labels.source }}. Deliveries of senders that do not retry are lost."},
    {"ReleaseHealthSpoolDisk", "releasehealth_spool_writable == 0", "1m", "critical", "The spool cannot be written.",
     "{{ $labels.instance }} cannot acknowledge deliveries while PostgreSQL is unavailable."},
    {"ReleaseHealthNotDurable", "releasehealth_database_durable == 0", "", "critical",
     "PostgreSQL runs with fsync = off.", "{{ $labels.instance }}: a power failure can lose acknowledged deliveries."},
    {"ReleaseHealthSetAside", "releasehealth_set_aside_deliveries > 0", "", "warning",
     "PostgreSQL rejects some deliveries (quarantined in the spool).",
     "{{ $labels.instance }} keeps {{ $value }} quarantined deliveries in spool.sqlite, each with its reason."},
    {"ReleaseHealthFiguresStale", "time() - releasehealth_refresh_timestamp_seconds > 300", "1m", "warning",
     "Figures are not refreshed.",
     "{{ $labels.instance }} last refreshed its figures {{ $value | humanizeDuration }} ago."},
    {"ReleaseHealthFiguresBehind", "min_over_time(releasehealth_underived_events[5m]) > 10000", "5m", "warning",
     "Figures are behind acknowledged events.",
     "{{ $labels.instance }}: for ten minutes, at least {{ $value }} acknowledged events have been missing in the "
     "figures."},
    {"ReleaseHealthSlow",
     "histogram_quantile(0.99, sum by (instance, le) (rate(releasehealth_delivery_seconds_bucket[5m]))) > 1", "10m",
     "warning", "Responses to senders are slow.",
     "{{ $labels.instance }}: 1 % of deliveries take longer than {{ $value | humanizeDuration }}; Sentry times out "
     "after 1 s, GitHub after 10 s."},
    {"ReleaseHealthUnauthorized",
     "sum by (instance, source) (increase(releasehealth_deliveries_total{outcome=\"unauthorized\"}[15m])) > 5", "",
     "warning", "Deliveries of a source fail authentication.",
     "{{ $labels.instance }} rejected {{ $value | humanize }} deliveries to {{ $labels.source }} in 15 minutes: its "
     "secret has changed, or an unknown sender uses its URL."},
    {"ReleaseHealthLimitReached", "sum by (instance, limit) (increase(releasehealth_limits_reached_total[15m])) > 0",
     "15m", "warning", "A limit is exceeded repeatedly.",
     "{{ $labels.instance }}: {{ $labels.limit }}, {{ $value | humanize }} times in 15 minutes."},
    {"ReleaseHealthOpenFiles", "process_open_fds{job=\"releasehealthd\"} / process_max_fds > 0.8", "5m", "warning",
     "The daemon is close to its limit of open files.",
     "{{ $labels.instance }} uses {{ $value | humanizePercentage }} of its open files; at the limit it cannot accept "
     "connections."},
    {"ReleaseHealthClockJumped", "increase(releasehealth_clock_jumps_total[15m]) > 0", "", "warning",
     "The system clock jumped.",
     "{{ $labels.instance }} uses this clock for the current time and to verify signatures with a timestamp."},
    {"ReleaseHealthSchemaNewer", "releasehealth_schema_newer == 1", "1h", "warning",
     "A daemon is older than its database's schema.",
     "{{ $labels.instance }} accepts deliveries, but leaves derivation to newer daemons. It has needed an upgrade for "
     "an hour."},
    {"ReleaseHealthDeadDeliveries", "releasehealth_dead_deliveries > 0", "", "warning",
     "There are dead-letter deliveries.",
     "{{ $value }} authentic deliveries could not be read and are kept for replay; the log has the errors."},
    {"ReleaseHealthPartlyDeadDeliveries", "releasehealth_partly_dead_deliveries > 0", "", "warning",
     "Accepted deliveries have unreadable elements.",
     "{{ $value }} accepted deliveries have elements that could not be read; their other elements are counted."},
    {"ReleaseHealthRebuildNeeded", "releasehealth_rebuild_needed == 1", "1h", "warning",
     "History was derived with rules other than the configured ones.",
     "{{ $labels.instance }}: `releasehealthd rebuild` applies the configured rules to history; `releasehealthd "
     "classify --dry-run` lists the changes beforehand."},
    {"ReleaseHealthOtherNames", "releasehealth_other_names > 0", "", "warning",
     "The cardinality limit of names is exceeded.",
     "{{ $value }} names of the kind {{ $labels.kind }} exceed the cardinality limit and are aggregated as `other`: "
     "map them in the configuration, or raise max_names."},
    {"ReleaseHealthUnmatchedNames", "max by (source) (releasehealth_unmatched_names) > 0", "1d", "info",
     "There are unmatched service names.",
     "{{ $value }} names in {{ $labels.source }} match no service: /coverage lists them, `releasehealthd discover` "
     "proposes aliases."},
    {"ReleaseHealthSourceSilent", "max by (source) (releasehealth_source_silent) == 1", "", "warning",
     "A source is silent.",
     "{{ $labels.source }} has been silent for three times its longest usual interval; its webhook may be disabled."},
};

bool is_of_team(const threshold_figure& l, const threshold& t) {
  return !t.team.empty() || find_figure(l.figure)->owners == belongs::teams;
}

std::string which(const threshold& t) {
  return "figure=\"" + t.figure + '"' + (t.period.empty() ? "" : ",period=\"" + t.period + '"');
}

// The daemon judges thresholds. Replicas export equal values, so `max without (instance)` deduplicates them.
std::string expression(const threshold& t, bool is_team) {
  return std::string("max without (instance) (releasehealth_") + (is_team ? "team_" : "") + "threshold_exceeded{" +
         which(t) + "}) == 1";
}

// A template that queries a number of the alert's target or team and formats it.
std::string asked(const std::string& metric, const std::string& labels, const std::string& prefix, bool is_team,
                  std::string_view shown_by) {
  const std::string names = is_team ? "team_name=%q" : "service_name=%q,deployment_environment=%q";
  const std::string values = is_team ? "$labels.team_name" : "$labels.service_name $labels.deployment_environment";
  return "{{ with printf `max(" + prefix + metric + '{' + names + (labels.empty() ? "" : ',' + labels) + "})` " +
         values + " | query }}{{ . | first | value | " + std::string(shown_by) + " }}{{ end }}";
}

std::string value_of(const threshold_figure& l, const threshold& t, bool is_team) {
  const auto& f = *find_figure(l.figure);
  std::string labels;
  if (!l.slice.empty())
    labels = std::string(f.looks == shape::quantiles ? "quantile" : f.label) + "=\"" + std::string(l.slice) + '"';
  if (!t.period.empty()) labels += (labels.empty() ? "" : ",") + ("period=\"" + t.period + '"');
  return asked((is_team ? "releasehealth_team_" : "releasehealth_") + std::string(f.name), labels,
               l.is_age ? "time() - " : "", is_team, l.shown_by);
}

std::string describe(const threshold_figure& l, const threshold& t) {
  const bool is_team = is_of_team(l, t);
  const std::string who =
      is_team ? "{{ $labels.team_name }}" : "{{ $labels.service_name }} in {{ $labels.deployment_environment }}";
  const auto value =
      asked("releasehealth_threshold", (is_team ? "service_name=\"\"," : "") + which(t), "", is_team, l.shown_by);
  return who + ", " + std::string(l.title) + ": " + value_of(l, t, is_team) + " (threshold " +
         (t.above ? "" : "not below ") + value + period_in_words(t) + ").";
}

// The URL of the alert's section, with the anchor that Markdown renderers generate.
std::string runbook(std::string_view page, std::string_view alert) {
  return std::string(page) + '#' + lower_case(alert);
}

void append_rule(std::string& out, std::string_view alert, const std::string& expr, std::string_view wait,
                 std::string_view severity, std::string_view summary, const std::string& description,
                 const std::string& runbook_url, const std::string& dashboard_url) {
  out += "      - alert: " + std::string(alert) + "\n        expr: |\n          " + expr + '\n';
  if (!wait.empty()) out += "        for: " + std::string(wait) + '\n';
  out += "        labels:\n          severity: " + std::string(severity) +
         "\n        annotations:\n          summary: " + std::string(summary) +
         "\n          description: |\n            " + description + "\n          runbook_url: " + runbook_url +
         "\n          dashboard_url: '" + dashboard_url + "'\n";
}

}

std::vector<std::string_view> own_alerts() {
  std::vector<std::string_view> names;
  for (const auto& r : own_rules) names.push_back(r.alert);
  return names;
}

std::vector<std::string_view> limit_alerts() {
  std::vector<std::string_view> names;
  for (const auto& l : threshold_figures()) names.push_back(l.alert);
  return names;
}

namespace {

// The dashboard of the alert's target or team. Names can contain any character, so they are URL-encoded.
std::string dashboard_of(const std::string& grafana, bool is_team) {
  return grafana +
         (is_team ? "/d/releasehealth?var-team={{ $labels.team_name | urlquery }}"
                  : "/d/releasehealth-service?var-service={{ $labels.service_name | urlquery }}&var-environment={{ "
                    "$labels.deployment_environment | urlquery }}");
}

}

std::string prometheus_rules(const std::vector<threshold>& thresholds, const std::string& runbooks,
                             const std::string& grafana) {
  std::string out =
      "# Written by `releasehealthd rules`. The daemon judges its thresholds and exports "
      "releasehealth_threshold_exceeded.\n"
      "groups:\n  - name: releasehealth-thresholds\n    rules:\n";
  std::set<std::tuple<std::string, std::string, bool>> written;  // one rule for all services, one for all teams
  for (const auto& t : thresholds) {
    const auto& l = *find_threshold_figure(t.figure);
    if (!written.emplace(t.figure, t.period, is_of_team(l, t)).second) continue;
    append_rule(out, l.alert, expression(t, is_of_team(l, t)), "", "warning", l.summary, describe(l, t),
                runbook(runbooks + "/releases.md", l.alert), dashboard_of(grafana, is_of_team(l, t)));
  }
  out += "  - name: releasehealth-daemon\n    rules:\n";
  for (const auto& r : own_rules)
    append_rule(out, r.alert, std::string(r.expression), r.wait, r.severity, r.summary, std::string(r.description),
                runbook(runbooks + "/daemon.md", r.alert), grafana + "/d/releasehealth-daemon");
  return out;
}

}
