#include "daemon/figures/page.hpp"

#include <array>

#include <boost/container/static_vector.hpp>

#include "daemon/figures/verdict.hpp"

namespace releasehealth {
namespace {

using labels_of_sample = boost::container::static_vector<label, 8>;

std::string identity(const place& where, const std::string& team) {
  if (where.environment.empty()) return labels_in_text(std::array{label{"team_name", team}});
  return labels_in_text(std::array{label{"service_name", where.service}, label{"team_name", team},
                                   label{"deployment_environment", where.environment}});
}

void render_figures(exposition& out, const snapshot& s, const figure_settings& settings) {
  struct observations {
    std::string identity;
    labels_of_sample labels;
    double n;
  };
  struct family {
    std::string metric, observed;
    const figure* of = nullptr;
    std::vector<observations> counted;
  };
  family current;
  bool is_team = false;
  // whose the samples are, in the text: those of one place follow each other
  std::string who;
  const std::string* team = nullptr;
  const place* where = nullptr;
  const auto end_family = [&] {
    if (current.counted.empty()) return;
    out.family(current.observed, metric_type::gauge, "Observations behind " + current.metric + ".");
    for (const auto& c : current.counted) out.sample(c.identity, c.labels, c.n);
  };
  for_each_figure(s, settings, [&](const figure_row& row) {
    if (current.of != &row.of || is_team != row.is_team()) {
      end_family();
      is_team = row.is_team();
      const std::string prefix = is_team ? "releasehealth_team_" : "releasehealth_";
      current = {prefix + std::string(row.of.name), prefix + std::string(row.of.name), &row.of, {}};
      if (row.of.looks == shape::quantiles)  // in the place of the unit
        current.observed.replace(current.observed.rfind('_'), std::string::npos, "_observations");
      out.family(current.metric, row.of.looks == shape::quantiles ? metric_type::summary : metric_type::gauge,
                 row.of.help);
    }
    if (where != &row.where || team != &row.team) {
      where = &row.where;
      team = &row.team;
      who = identity(row.where, row.team);
    }
    labels_of_sample labels;
    if (!row.of.label.empty()) labels.emplace_back(row.of.label, row.in.value);
    const auto with_period = [&](labels_of_sample of) {
      if (!row.over.label.empty()) of.emplace_back("period", row.over.label);
      return of;
    };
    if (row.of.looks == shape::quantiles && row.quantile == quantiles[0].label)
      current.counted.push_back({who, with_period(labels), row.value ? row.value->observations.value_or(0) : 0});
    if (!row.value) return;
    if (!row.quantile.empty()) labels.emplace_back("quantile", row.quantile);
    out.sample(who, with_period(labels), row.value->value);
  });
  end_family();
}

void render_thresholds(exposition& out, const snapshot& s, const figure_settings& settings) {
  const auto each = [&](auto write) {
    const auto each_of = [&](const std::vector<threshold>& mine, const place& where, const scope_figures& known) {
      for (const auto& t : mine) {
        labels_of_sample labels = {{"service_name", where.service},
                                   {"team_name", known.team},
                                   {"deployment_environment", where.environment},
                                   {"figure", t.figure}};
        if (!t.period.empty()) labels.emplace_back("period", t.period);
        write(t, known, labels);
      }
    };
    for (const auto& [where, known] : s.places)
      if (settings.names.is_production(where.environment) && !where.service.empty())
        each_of(thresholds_of(settings.thresholds, where.service), where, known);
    for (const auto& [name, known] : s.teams) each_of(thresholds_of_team(settings.thresholds, name), {}, known);
  };
  out.family("releasehealth_threshold", metric_type::gauge, "The limit of a figure, and on which side it is broken.");
  each([&](const threshold& t, const scope_figures& known, labels_of_sample labels) {
    labels.emplace_back("bound", t.above ? "above" : "below");
    if (const auto limit = resolved_limit(t, s, known)) out.sample(labels, *limit);
  });
  out.family("releasehealth_threshold_minimum", metric_type::gauge,
             "How much there must be to measure before the limit applies.");
  each([&](const threshold& t, const scope_figures&, const labels_of_sample& labels) {
    if (t.minimum > 0) out.sample(labels, t.minimum);
  });
}

}

std::string render(const snapshot& s, const figure_settings& settings, text_format format, std::size_t room) {
  exposition out(format, room);
  render_figures(out, s, settings);
  render_thresholds(out, s, settings);
  return std::move(out).text();
}

void figure_page::put(snapshot changed, const std::map<place, std::string>& all, const figure_settings& settings) {
  {
    const std::lock_guard lock(waiting_mutex_);
    waiting_.push_back({std::move(changed), all, settings});
  }
  if (const std::unique_lock lock(mutex_, std::try_to_lock); lock) take_in();
}

void figure_page::take_in() {
  std::vector<change> come;
  {
    const std::lock_guard lock(waiting_mutex_);
    come.swap(waiting_);
  }
  for (auto& c : come) {
    merge(known_, std::move(c.changed), c.all, c.settings.names);
    settings_ = std::move(c.settings);
    is_there_ = true;
    zipped_.reset();
  }
}

std::shared_ptr<const std::string> figure_page::body(text_format format, bool zipped) {
  const std::lock_guard lock(mutex_);
  take_in();
  if (!is_there_) return std::make_shared<const std::string>();
  if (zipped && zipped_ && zipped_as_ == format) return zipped_;
  auto text = render(known_, settings_, format, length_ + length_ / 16);
  length_ = text.size();
  if (!zipped) return std::make_shared<const std::string>(std::move(text));
  zipped_as_ = format;
  return zipped_ = std::make_shared<const std::string>(gzip(text));
}

}
