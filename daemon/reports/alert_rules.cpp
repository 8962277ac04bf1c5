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

// The daemon's own health: without it, silence about releases means nothing.
constexpr own_rule own_rules[] = {
    {"ReleaseHealthDown", "up{job=\"releasehealthd\"} == 0", "5m", "critical", "releasehealthd cannot be scraped.",
     "{{ $labels.instance }} has not answered for 5 minutes: its figures are no longer watched."},
    {"ReleaseHealthDatabaseDown", "releasehealth_database_up == 0", "5m", "critical", "releasehealthd has no database.",
     "{{ $labels.instance }} cannot reach PostgreSQL: deliveries go to the spool, and once that is full they are "
     "answered 503."},
    {"ReleaseHealthDatabaseFailing",
     "sum by (instance, reason) (increase(releasehealth_database_failures_total[5m])) > 0", "10m", "warning",
     "PostgreSQL does not do what it is asked to.",
     "{{ $labels.instance }}: {{ $labels.reason }}, again and again. What is acknowledged meanwhile is in the spool."},
    {"ReleaseHealthSpooling", "releasehealth_spooled_deliveries > 0", "10m", "warning",
     "Acknowledged deliveries wait for PostgreSQL.",
     "{{ $labels.instance }} keeps {{ $value }} deliveries in its spool: the figures do not contain them yet."},
    {"ReleaseHealthSpoolStuck",
     "releasehealth_oldest_spooled_delivery_timestamp_seconds == "
     "releasehealth_oldest_spooled_delivery_timestamp_seconds offset 10m and "
     "min_over_time(releasehealth_database_up[10m]) == 1",
     "", "critical", "The spool is not drained although PostgreSQL answers.",
     "{{ $labels.instance }}: the oldest spooled delivery, of {{ $value | humanizeTimestamp }}, has not moved for ten "
     "minutes."},
    {"ReleaseHealthRefusing",
     "sum by (instance, source) (increase(releasehealth_deliveries_total{outcome=\"unavailable\"}[5m])) > 0", "",
     "critical", "Deliveries are refused, as there is no durable place for them.",
     "{{ $labels.instance }} answered 503 to {{ $labels.source }}. Senders that do not try again have lost them."},
    {"ReleaseHealthSpoolDisk", "releasehealth_spool_writable == 0", "1m", "critical",
     "The spool's disk takes no writes.", "{{ $labels.instance }} can acknowledge nothing while PostgreSQL is away."},
    {"ReleaseHealthNotDurable", "releasehealth_database_durable == 0", "", "critical",
     "PostgreSQL runs with fsync = off.", "{{ $labels.instance }} acknowledges what a power loss may take away."},
    {"ReleaseHealthSetAside", "releasehealth_set_aside_deliveries > 0", "", "warning",
     "PostgreSQL takes some deliveries in no form.",
     "{{ $labels.instance }} keeps {{ $value }} deliveries in spool.sqlite, with the reason beside each."},
    {"ReleaseHealthFiguresStale", "time() - releasehealth_refresh_timestamp_seconds > 300", "1m", "warning",
     "Figures are not refreshed.",
     "{{ $labels.instance }} last refreshed its figures {{ $value | humanizeDuration }} ago."},
    {"ReleaseHealthFiguresBehind", "min_over_time(releasehealth_underived_events[5m]) > 10000", "5m", "warning",
     "Figures lack what was acknowledged.",
     "{{ $labels.instance }}: for ten minutes at least {{ $value }} acknowledged events have not been in the figures."},
    {"ReleaseHealthSlow",
     "histogram_quantile(0.99, sum by (instance, le) (rate(releasehealth_delivery_seconds_bucket[5m]))) > 1", "10m",
     "warning", "Senders wait too long for their answer.",
     "{{ $labels.instance }}: one delivery in a hundred takes {{ $value | humanizeDuration }}; Sentry gives up after 1 "
     "s, "
     "GitHub after 10 s."},
    {"ReleaseHealthUnauthorized",
     "sum by (instance, source) (increase(releasehealth_deliveries_total{outcome=\"unauthorized\"}[15m])) > 5", "",
     "warning", "A source's deliveries do not prove who sent them.",
     "{{ $labels.instance }} refused {{ $value | humanize }} deliveries to {{ $labels.source }} in 15 minutes: its "
     "secret was "
     "changed, or somebody else sends."},
    {"ReleaseHealthLimitReached", "sum by (instance, limit) (increase(releasehealth_limits_reached_total[15m])) > 0",
     "15m", "warning", "A limit is met again and again.",
     "{{ $labels.instance }}: {{ $labels.limit }}, {{ $value | humanize }} times in 15 minutes."},
    {"ReleaseHealthOpenFiles", "process_open_fds{job=\"releasehealthd\"} / process_max_fds > 0.8", "5m", "warning",
     "Hardly any file may be opened any more.",
     "{{ $labels.instance }} has opened {{ $value | humanizePercentage }} of the files that it may: then nobody can "
     "connect."},
    {"ReleaseHealthClockJumped", "increase(releasehealth_clock_jumps_total[15m]) > 0", "", "warning",
     "The system's clock moved at once.",
     "{{ $labels.instance }}: signatures with a time, and what is now, are judged by that clock."},
    {"ReleaseHealthSchemaNewer", "releasehealth_schema_newer == 1", "1h", "warning",
     "A daemon is older than its database's schema.",
     "{{ $labels.instance }} takes deliveries, but leaves deriving to newer daemons: it has not been upgraded for an "
     "hour."},
    {"ReleaseHealthDeadDeliveries", "releasehealth_dead_deliveries > 0", "", "warning", "Deliveries could not be read.",
     "{{ $value }} authentic deliveries could not be read and are kept; the log names what is wrong with them."},
    {"ReleaseHealthPartlyDeadDeliveries", "releasehealth_partly_dead_deliveries > 0", "", "warning",
     "Elements of deliveries could not be read.",
     "{{ $value }} accepted deliveries have elements that could not be read; the other elements count."},
    {"ReleaseHealthRebuildNeeded", "releasehealth_rebuild_needed == 1", "1h", "warning",
     "The past was derived by other rules than the configured ones.",
     "{{ $labels.instance }}: `releasehealthd rebuild` applies the configured rules to the past; `classify --dry-run` "
     "says "
     "beforehand what moves."},
    {"ReleaseHealthOtherNames", "releasehealth_other_names > 0", "", "warning", "Names are no longer kept apart.",
     "{{ $value }} names of the kind {{ $labels.kind }} came after the most that are kept apart, and are counted as "
     "`other`: "
     "map them in the configuration, or raise max_names."},
    {"ReleaseHealthUnmatchedNames", "max by (source) (releasehealth_unmatched_names) > 0", "1d", "info",
     "Names of services do not match.",
     "{{ $value }} names that {{ $labels.source }} uses join nothing: /coverage lists them, `releasehealthd discover` "
     "proposes aliases."},
    {"ReleaseHealthSourceSilent", "max by (source) (releasehealth_source_silent) == 1", "", "warning",
     "A source has fallen silent.",
     "{{ $labels.source }} has not delivered for three times as long as it ever pauses: its webhook may be switched "
     "off."},
};

bool is_of_team(const limited_figure& l, const threshold& t) {
  return !t.team.empty() || find_figure(l.figure)->to == belongs::teams;
}

std::string which(const threshold& t) {
  return "figure=\"" + t.figure + '"' + (t.period.empty() ? "" : ",period=\"" + t.period + '"');
}

// The daemon judges. Replicas export the same: max without their instance.
std::string expression(const threshold& t, bool is_team) {
  return std::string("max without (instance) (releasehealth_") + (is_team ? "team_" : "") + "threshold_exceeded{" +
         which(t) + "}) == 1";
}

// A template that asks for a number about whom the alert is about, and writes it.
std::string asked(const std::string& metric, const std::string& labels, const std::string& before, bool is_team,
                  std::string_view shown_by) {
  const std::string names = is_team ? "team_name=%q" : "service_name=%q,deployment_environment=%q";
  const std::string values = is_team ? "$labels.team_name" : "$labels.service_name $labels.deployment_environment";
  return "{{ with printf `max(" + before + metric + '{' + names + (labels.empty() ? "" : ',' + labels) + "})` " +
         values + " | query }}{{ . | first | value | " + std::string(shown_by) + " }}{{ end }}";
}

std::string value_of(const limited_figure& l, const threshold& t, bool is_team) {
  const auto& f = *find_figure(l.figure);
  std::string labels;
  if (!l.slice.empty())
    labels = std::string(f.looks == shape::quantiles ? "quantile" : f.label) + "=\"" + std::string(l.slice) + '"';
  if (!t.period.empty()) labels += (labels.empty() ? "" : ",") + ("period=\"" + t.period + '"');
  return asked((is_team ? "releasehealth_team_" : "releasehealth_") + std::string(f.name), labels,
               l.is_age ? "time() - " : "", is_team, l.shown_by);
}

std::string describe(const limited_figure& l, const threshold& t) {
  const bool is_team = is_of_team(l, t);
  const std::string who =
      is_team ? "{{ $labels.team_name }}" : "{{ $labels.service_name }} in {{ $labels.deployment_environment }}";
  const auto limit =
      asked("releasehealth_threshold", (is_team ? "service_name=\"\"," : "") + which(t), "", is_team, l.shown_by);
  return who + ", " + std::string(l.title) + ": " + value_of(l, t, is_team) + " (threshold " +
         (t.above ? "" : "not below ") + limit + period_in_words(t) + ").";
}

// The section of a page that has the alert's name: as renderers of Markdown anchor it.
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
  for (const auto& l : limited_figures()) names.push_back(l.alert);
  return names;
}

namespace {

// The dashboard of whom it is about. Names may hold anything.
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
  std::set<std::tuple<std::string, std::string, bool>> written;  // one rule serves every service, one every team
  for (const auto& t : thresholds) {
    const auto& l = *find_limited_figure(t.figure);
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
