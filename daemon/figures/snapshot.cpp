#include "daemon/figures/snapshot.hpp"

#include "sql.hpp"

namespace releasehealth {
namespace {

void render_figures(exposition& out, const snapshot& s, const naming& names) {
  const figure* current = nullptr;
  std::string name;
  for_each_figure(s, names, [&](const figure_row& row) {
    if (std::exchange(current, &row.of) != &row.of) {
      name = "releasehealth_" + std::string(row.of.name);
      out.family(name, metric_type::gauge, row.of.help);
    }
    if (!row.value) return;
    const auto team = names.team(row.where.service);
    std::vector<label> labels = {
        {"service_name", row.where.service}, {"team_name", team}, {"deployment_environment", row.where.environment}};
    if (!row.of.label.empty()) labels.emplace_back(row.of.label, row.in.value);
    labels.emplace_back("period", row.over.label);
    out.sample(labels, row.value->value);
  });
}

void render_last(exposition& out, const snapshot& s, const naming& names) {
  out.family("releasehealth_last_deployment_timestamp_seconds", metric_type::gauge,
             "When the last succeeded deployment of the kind finished.");
  for (const auto& [where, known] : s.places) {
    const auto team = names.team(where.service);
    for (const auto& [kind, finished] : known.last)
      out.sample({{"service_name", where.service},
                  {"team_name", team},
                  {"deployment_environment", where.environment},
                  {"kind", kind}},
                 unix_seconds(finished));
  }
}

void render_thresholds(exposition& out, const snapshot& s, const figure_settings& settings) {
  const auto each = [&](auto write) {
    for (const auto& [where, known] : s.places) {
      if (!settings.names.is_production(where.environment)) continue;
      const auto team = settings.names.team(where.service);
      for (const auto& t : thresholds_of(settings.thresholds, where.service))
        write(t, std::vector<label>{{"service_name", where.service},
                                    {"team_name", team},
                                    {"deployment_environment", where.environment},
                                    {"figure", t.figure},
                                    {"period", t.period}});
    }
  };
  out.family("releasehealth_threshold", metric_type::gauge, "The limit of a figure, and on which side it is broken.");
  each([&](const threshold& t, std::vector<label> labels) {
    labels.emplace_back("bound", t.above ? "above" : "below");
    out.sample(labels, t.limit);
  });
  out.family("releasehealth_threshold_minimum", metric_type::gauge,
             "How much there must be to measure before the limit applies.");
  each([&](const threshold& t, const std::vector<label>& labels) {
    if (t.minimum > 0) out.sample(labels, t.minimum);
  });
}

}

void compute(snapshot& into, ledger::reader& from, const std::vector<period>& periods, const std::set<place>& places,
             timestamp now) {
  auto counted = from.count(sql::figures_deployments, periods, places);
  into.at = now;
  into.periods = periods;
  into.columns = std::move(counted.columns);
  for (const auto& p : places) into.places[p] = {};
  for (auto& row : counted.rows) into.places[row.where].counts[row.period] = std::move(row.counts);
  for (const auto& last : from.last_deployments(places, now))
    into.places[last.where].last[last.kind] = last.finished_at;
}

std::string render(const snapshot& s, const figure_settings& settings, text_format format) {
  exposition out(format);
  render_figures(out, s, settings.names);
  render_last(out, s, settings.names);
  render_thresholds(out, s, settings);
  return out.text();
}

}
