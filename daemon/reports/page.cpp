#include "daemon/reports/page.hpp"

#include <array>

#include <boost/container/static_vector.hpp>

#include "daemon/figures/verdict.hpp"

namespace releasehealth {
namespace {

std::string labels_of(const place& where, const std::string& team) {
  if (where.environment.empty()) return labels_in_text(std::array{label{"team_name", team}});
  return labels_in_text(std::array{label{"service_name", where.service}, label{"team_name", team},
                                   label{"deployment_environment", where.environment}});
}

/// The page's samples, figure by figure. The labels of a target and of a series are formatted once and reused.
class figure_lines {
 public:
  explicit figure_lines(exposition& out) : out_(out) {}

  void add(const figure_row& row) {
    if (figure_ != &row.shown || family_ != row.family()) {
      end();
      begin(row);
    }
    if (where_ != &row.where || team_ != &row.team) {
      where_ = &row.where;
      team_ = &row.team;
      who_ = labels_of(row.where, row.team);
    }
    const auto& which = series_of(row);
    if (row.shown.looks == shape::quantiles && row.quantile == quantiles[0].label)
      counted_.push_back({who_, row.nth, row.value ? row.value->observations.value_or(0) : 0});
    if (row.value) out_.sample(who_, which.labels, row.value->value);
  }

  /// Writes the number of observations of the quantiles written so far.
  void end() {
    if (counted_.empty()) return;
    out_.family(observed_, metric_type::gauge, "Observations behind " + metric_ + ".");
    for (const auto& c : counted_) out_.sample(c.identity, series_[c.nth].without_quantile, c.n);
    counted_.clear();
  }

 private:
  /// The labels that distinguish a series of a figure from others of the same target.
  struct series {
    bool is_written = false;
    std::string labels, without_quantile;
  };
  struct observations {
    std::string identity;
    std::size_t nth;  ///< the series
    double n;
  };

  void begin(const figure_row& row) {
    figure_ = &row.shown;
    family_ = row.family();
    metric_ = std::string(family_) + std::string(row.shown.name);
    const bool has_quantiles = row.shown.looks == shape::quantiles;
    observed_ = metric_;
    if (has_quantiles)  // replaces the unit
      observed_.replace(observed_.rfind('_'), std::string::npos, "_observations");
    out_.family(metric_, has_quantiles ? metric_type::summary : metric_type::gauge, row.shown.help);
    series_.clear();
  }

  const series& series_of(const figure_row& row) {
    if (series_.size() <= row.nth) series_.resize(row.nth + 1);
    auto& known = series_[row.nth];
    if (known.is_written) return known;
    const auto with_period = [&row](std::vector<label> labels) {
      if (!row.span.label.empty()) labels.emplace_back("period", row.span.label);
      return labels_in_text(labels);
    };
    auto labels = row.labels();
    known = {true, with_period(labels), {}};
    std::erase_if(labels, [](const label& l) { return l.first == "quantile"; });
    known.without_quantile = with_period(std::move(labels));
    return known;
  }

  exposition& out_;
  const figure* figure_ = nullptr;
  std::string_view family_;
  std::string metric_, observed_;
  std::vector<observations> counted_;
  std::string who_;
  const std::string* team_ = nullptr;
  const place* where_ = nullptr;
  std::vector<series> series_;  ///< by figure_row::nth
};

/// The families about thresholds. Each threshold is judged once, and its labels are formatted once for all families.
class threshold_lines {
 public:
  threshold_lines(const snapshot& s, const figure_settings& settings) : judge_(s, settings) {
    for (const auto& [where, known] : s.places)
      if (settings.names.is_target(where))
        add({labels_of(where, known.team), {}, {}}, judge_.thresholds_of(where.service), known);
    for (const auto& [name, known] : s.teams) {
      const auto without_service = labels_in_text(
          std::array{label{"service_name", {}}, label{"team_name", name}, label{"deployment_environment", {}}});
      add({without_service, labels_of({}, name), {}}, judge_.thresholds_of_team(name), known);
    }
  }

  void write(exposition& out) {
    out.family("releasehealth_threshold", metric_type::gauge,
               "The threshold of a figure; bound is the side on which it is exceeded.");
    each([&](const scope& targets, const line& one) {
      const auto bound = one.rule->above ? ",bound=\"above\"" : ",bound=\"below\"";
      if (one.value) out.sample(targets.who, which(*one.rule) + bound, *one.value);
    });
    out.family("releasehealth_threshold_minimum", metric_type::gauge,
               "The minimum denominator or number of observations for a threshold to be judged.");
    each([&](const scope& targets, const line& one) {
      if (one.rule->minimum > 0) out.sample(targets.who, which(*one.rule), one.rule->minimum);
    });
    write_exceeded(out, "releasehealth_threshold_exceeded", &scope::who, false);
    write_exceeded(out, "releasehealth_team_threshold_exceeded", &scope::team, true);
  }

 private:
  struct line {
    const threshold* rule;
    std::optional<double> value;
    standing state;
  };
  struct scope {
    std::string who, team;  ///< `team`: the labels of a team's own families; empty: a target
    std::vector<line> lines;
  };

  void add(scope targets, const std::vector<threshold>& all, const scope_figures& known) {
    targets.lines.reserve(all.size());
    for (const auto& t : all) {
      const auto is = judge_.decide(t, known, !targets.team.empty());
      targets.lines.push_back({&t, is.threshold_value, is.state});
    }
    scopes_.push_back(std::move(targets));
  }

  template <class Write>
  void each(Write write) {
    for (const auto& targets : scopes_)
      for (const auto& one : targets.lines) write(targets, one);
  }

  // A figure may have a threshold on both sides; it is exceeded if one of them is.
  void write_exceeded(exposition& out, std::string_view name, std::string scope::*who, bool of_teams) {
    out.family(name, metric_type::gauge,
               "Whether the figure exceeds its threshold: 1 exceeded, 0 within, no sample when not judged.");
    for (const auto& targets : scopes_) {
      if (targets.team.empty() == of_teams) continue;
      for (auto one = targets.lines.begin(); one != targets.lines.end(); ++one) {
        const auto is_same = [&](const line& l) {
          return l.rule->figure == one->rule->figure && l.rule->period == one->rule->period &&
                 l.state != standing::not_judged;
        };
        if (one->state == standing::not_judged || std::any_of(targets.lines.begin(), one, is_same)) continue;
        const bool is_exceeded = std::any_of(
            one, targets.lines.end(), [&](const line& l) { return is_same(l) && l.state == standing::exceeded; });
        out.sample(targets.*who, which(*one->rule), is_exceeded ? 1 : 0);
      }
    }
  }

  const std::string& which(const threshold& t) {
    auto& text = which_[&t];
    if (!text.empty()) return text;
    boost::container::static_vector<label, 2> labels = {{"figure", t.figure}};
    if (!t.period.empty()) labels.emplace_back("period", t.period);
    return text = labels_in_text(labels);
  }

  judge judge_;
  std::vector<scope> scopes_;
  std::map<const threshold*, std::string> which_;
};

}

void render(const snapshot& s, const figure_settings& settings, text_format format, const text_sink& sink) {
  exposition out(format, sink);
  figure_lines lines(out);
  for_each_figure(s, settings, [&](const figure_row& row) { lines.add(row); });
  lines.end();
  threshold_lines(s, settings).write(out);
  out.end();
}

std::string render(const snapshot& s, const figure_settings& settings, text_format format) {
  std::string text;
  render(s, settings, format, [&](std::string_view piece) { text += piece; });
  return text;
}

std::string figure_page::body(text_format format, bool zipped) {
  std::string text;
  latest_.show([&](const snapshot& known, const figure_settings& settings, std::uint64_t version) {
    if (!zipped) {
      text.reserve(length_ + length_ / 16);
      render(known, settings, format, [&](std::string_view piece) { text += piece; });
      length_ = text.size();
      return;
    }
    if (zipped_version_ != version || zipped_as_ != format) {
      gzip_stream out;
      render(known, settings, format, [&](std::string_view piece) { out.add(piece); });
      zipped_ = out.end();
      zipped_as_ = format;
      zipped_version_ = version;
    }
    text = zipped_;
  });
  return text;
}

}
