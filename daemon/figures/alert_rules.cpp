#include "daemon/figures/alert_rules.hpp"

#include <algorithm>
#include <cctype>
#include <set>
#include <tuple>

#include "daemon/figures/figure.hpp"

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
};

/// One side of a comparison: of services, or of teams.
struct side {
  const figure& of;
  std::string_view slice, period;
  bool is_team;

  bool is_quantile() const { return of.looks == shape::quantiles; }
  std::string_view label() const { return is_quantile() ? "quantile" : of.label; }
  std::string metric() const { return (is_team ? "releasehealth_team_" : "releasehealth_") + std::string(of.name); }
  std::string selector() const {
    std::string out = metric() + '{';
    if (!slice.empty()) out += std::string(label()) + "=\"" + std::string(slice) + "\",";
    if (!period.empty()) out += "period=\"" + std::string(period) + "\",";
    out.pop_back();  // the last comma, or the bracket if there is nothing to select
    return slice.empty() && period.empty() ? out : out + '}';
  }
};

// Replicas export the same: max without their instance. What tells slices apart goes too, so that both sides of a
// comparison have the same labels.
std::string over_replicas(const side& s) {
  const bool sliced = s.is_quantile() || s.of.slices.size() > 1;
  const std::string label(s.label());
  const auto one =
      "max without (instance" + (sliced && !s.slice.empty() ? ", " + label : "") + ") (" + s.selector() + ")";
  return sliced && s.slice.empty() ? "sum without (" + label + ") (" + one + ")" : one;
}

// What must reach the minimum: of a quantile its observations.
std::string measured_by(const limited_figure& l, const side& s) {
  if (!l.minimum_of.empty()) return over_replicas({*find_figure(l.minimum_of), l.minimum_slice, s.period, s.is_team});
  auto metric = s.metric();
  constexpr std::string_view unit = "_seconds";
  metric.replace(metric.rfind(unit), unit.size(), "_observations");
  return "max without (instance) (" + metric + "{period=\"" + std::string(s.period) + "\"})";
}

std::string limit(std::string_view metric, const threshold& t, bool bounded) {
  std::string labels = "figure=\"" + t.figure + '"';
  if (!t.period.empty()) labels += ",period=\"" + t.period + '"';
  if (bounded) labels += std::string(",bound=\"") + (t.above ? "above" : "below") + '"';
  return "max without (instance, figure" + std::string(bounded ? ", bound" : "") + ") (releasehealth_" +
         std::string(metric) + '{' + labels + "})";
}

bool is_of_team(const limited_figure& l, const threshold& t) {
  return !t.team.empty() || find_figure(l.figure)->to == belongs::teams;
}

std::string expression(const limited_figure& l, const threshold& t, bool has_minimum) {
  const side s{*find_figure(l.figure), l.slice, t.period, is_of_team(l, t)};
  std::string out = (l.is_age ? "time() - " : "") + over_replicas(s) + "\n            " + (t.above ? "> " : "< ") +
                    limit("threshold", t, true);
  if (has_minimum && (!l.minimum_of.empty() || s.is_quantile()))
    out += "\n          unless " + measured_by(l, s) + "\n            < " + limit("threshold_minimum", t, false);
  return out;
}

std::string describe(const limited_figure& l, const threshold& t) {
  const auto value = "{{ $value | " + std::string(l.shown_by) + " }}";
  const bool is_team = is_of_team(l, t);
  const std::string names = is_team ? "service_name=\"\",team_name=%q" : "service_name=%q,deployment_environment=%q";
  const std::string values = is_team ? "$labels.team_name" : "$labels.service_name $labels.deployment_environment";
  const auto limit_query = "{{ with printf `max(releasehealth_threshold{" + names + ",figure=\"" + t.figure +
                           (t.period.empty() ? "\"" : "\",period=\"" + t.period + '"') + "})` " + values +
                           " | query }}{{ . | first | value | " + std::string(l.shown_by) + " }}{{ end }}";
  const auto text = describe(l, value, limit_query);
  const std::string who =
      is_team ? "{{ $labels.team_name }}" : "{{ $labels.service_name }} in {{ $labels.deployment_environment }}";
  return who + ' ' + text + (t.period.empty() ? "." : " (period: " + t.period + ").");
}

// The section of a page that has the alert's name: as renderers of Markdown anchor it.
std::string runbook(std::string_view page, std::string_view alert) {
  std::string anchor(alert);
  std::ranges::transform(anchor, anchor.begin(), [](unsigned char c) { return std::tolower(c); });
  return std::string(page) + '#' + anchor;
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
      "# Written by `releasehealthd rules`: the limits themselves are exported as releasehealth_threshold.\n"
      "groups:\n  - name: releasehealth-thresholds\n    rules:\n";
  std::set<std::tuple<std::string, std::string, bool, bool>> written;  // one rule serves every service, one every team
  for (const auto& t : thresholds) {
    const auto& l = *find_limited_figure(t.figure);
    if (!written.emplace(t.figure, t.period, t.above, is_of_team(l, t)).second) continue;
    bool has_minimum = false;
    for (const auto& other : thresholds)
      has_minimum |= other.figure == t.figure && other.period == t.period && other.minimum > 0;
    append_rule(out, l.alert, expression(l, t, has_minimum), "", "warning", l.summary, describe(l, t),
                runbook(runbooks + "/releases.md", l.alert), dashboard_of(grafana, is_of_team(l, t)));
  }
  out += "  - name: releasehealth-daemon\n    rules:\n";
  for (const auto& r : own_rules)
    append_rule(out, r.alert, std::string(r.expression), r.wait, r.severity, r.summary, std::string(r.description),
                runbook(runbooks + "/daemon.md", r.alert), grafana + "/d/releasehealth-daemon");
  return out;
}

}
