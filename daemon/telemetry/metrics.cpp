#include "daemon/telemetry/metrics.hpp"

#include <array>
#include <map>
#include <vector>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include "daemon/database/failure.hpp"
#include "daemon/system/limits.hpp"
#include "daemon/telemetry/process_metrics.hpp"

namespace releasehealth {
namespace {

struct source_gauge_rule {
  std::string_view name, help;
};
// In the order of the enumeration.
constexpr std::array<source_gauge_rule, 3> source_gauge_rules = {
    {{"unjoined_incidents",
      "Production incidents of a source with `follows` that matched no incident of another source, by source."},
     {"unmatched_names",
      "Unmatched names: a source uses them for services that have incidents but no deployments, or the reverse."},
     {"source_silent",
      "Whether a source that reports deployments or commits has been silent for longer than its usual interval."}}};

constexpr bool in_order() {
  std::size_t next = 0;
  for (const auto& r : gauge_rules)
    if (static_cast<std::size_t>(r.which) != next++) return false;
  return true;
}
static_assert(in_order());

}

struct metrics::registry {
  prometheus::Registry all;
  prometheus::Family<prometheus::Gauge>& last_delivery = family<prometheus::Gauge>(
      "last_delivery_timestamp_seconds", "When the last authentic delivery of the source was received.");
  prometheus::Family<prometheus::Counter>& delivery_family =
      family<prometheus::Counter>("deliveries", "Deliveries by source and outcome.");
  prometheus::Family<prometheus::Counter>& unreadable_family = family<prometheus::Counter>(
      "unreadable_elements", "Unreadable elements of accepted deliveries, kept for replay, by source.");
  std::vector<prometheus::Gauge*> gauges = all_gauges();
  struct of_source {
    std::array<prometheus::Counter*, outcomes.size()> became{};
    prometheus::Counter* unreadable = nullptr;
    prometheus::Gauge* last = nullptr;  ///< null before the first delivery
  };
  std::map<std::string, of_source, std::less<>> deliveries;
  prometheus::Histogram& delivery_seconds =
      family<prometheus::Histogram>("delivery_seconds", "From the end of a delivery to its response.")
          .Add({}, prometheus::Histogram::BucketBoundaries{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1,
                                                           2.5, 5, 10});
  prometheus::Family<prometheus::Gauge>& oldest_spooled = family<prometheus::Gauge>(
      "oldest_spooled_delivery_timestamp_seconds", "When the oldest delivery in the spool was received.");
  prometheus::Gauge* oldest_spooled_now = nullptr;
  std::map<std::string_view, prometheus::Counter*> limits_reached, failures;
  prometheus::Counter& clock_jumps =
      family<prometheus::Counter>("clock_jumps", "Jumps of the system clock by more than a second.").Add({});
  prometheus::Counter& claimed_events =
      family<prometheus::Counter>("claimed_events",
                                  "Events not stored because their id is in use by another sender or other content.")
          .Add({});
  prometheus::Family<prometheus::Gauge>& other_names =
      family<prometheus::Gauge>("other_names", "Names above the cardinality limit, aggregated as `other`.");
  prometheus::Gauge& other_services = other_names.Add({{"kind", "service"}});
  prometheus::Gauge& other_environments = other_names.Add({{"kind", "environment"}});
  prometheus::Gauge& other_teams = other_names.Add({{"kind", "team"}});

  struct by_source {
    prometheus::Family<prometheus::Gauge>* family = nullptr;
    std::map<std::string, prometheus::Gauge*, std::less<>> known = {};
  };
  std::array<by_source, source_gauge_rules.size()> by_sources = all_source_gauges();

  std::array<by_source, source_gauge_rules.size()> all_source_gauges() {
    std::array<by_source, source_gauge_rules.size()> made;
    for (std::size_t n = 0; n < made.size(); ++n)
      made[n].family =
          &family<prometheus::Gauge>(std::string(source_gauge_rules[n].name), std::string(source_gauge_rules[n].help));
    return made;
  }

  std::vector<prometheus::Gauge*> all_gauges() {
    std::vector<prometheus::Gauge*> made;
    for (const auto& rule : gauge_rules) {
      made.push_back(&family<prometheus::Gauge>(std::string(rule.name), std::string(rule.help)).Add({}));
      made.back()->Set(rule.at_start);
    }
    return made;
  }

  template <class Metric>
  prometheus::Family<Metric>& family(const std::string& name, const std::string& help) {
    const auto build = [&](auto builder) -> auto& {
      return builder.Name("releasehealth_" + name).Help(help).Register(all);
    };
    if constexpr (std::is_same_v<Metric, prometheus::Counter>)
      return build(prometheus::BuildCounter());
    else if constexpr (std::is_same_v<Metric, prometheus::Gauge>)
      return build(prometheus::BuildGauge());
    else
      return build(prometheus::BuildHistogram());
  }
};

metrics::metrics(const std::vector<std::string>& sources) : registry_(std::make_unique<registry>()) {
  auto& r = *registry_;
  r.family<prometheus::Gauge>("build_info", "The running version; always 1.")
      .Add({{"version", RELEASEHEALTH_VERSION}})
      .Set(1);
  for (const auto& s : sources) know(s);
  auto& reached = r.family<prometheus::Counter>("limits_reached", "Times that a limit was exceeded, by its key.");
  for (const auto& rule : limit_rules) r.limits_reached[rule.key] = &reached.Add({{"limit", std::string(rule.key)}});
  for (const auto system : {"intake.open_files", "operations.open_files"})
    r.limits_reached[system] = &reached.Add({{"limit", system}});
  auto& failures = r.family<prometheus::Counter>("database_failures", "Failed PostgreSQL requests by reason.");
  for (const auto reason : ledger::failure_reasons())
    r.failures[reason] = &failures.Add({{"reason", std::string(reason)}});
}

void metrics::know(const std::string& source) {
  auto& r = *registry_;
  if (r.deliveries.contains(source)) return;
  r.deliveries[source].unreadable = &r.unreadable_family.Add({{"source", source}});
  for (std::size_t o = 0; o < outcomes.size(); ++o)
    r.deliveries[source].became[o] =
        &r.delivery_family.Add({{"source", source}, {"outcome", std::string(outcomes[o])}});
}

metrics::~metrics() = default;

void metrics::delivery(std::string_view source, outcome o, timestamp instant) {
  const auto known = registry_->deliveries.find(source);
  if (known == registry_->deliveries.end()) return;
  auto& counted = known->second;
  counted.became[static_cast<std::size_t>(o)]->Increment();
  if (o != outcome::accepted && o != outcome::duplicate && o != outcome::ignored && o != outcome::dead) return;
  if (!counted.last) counted.last = &registry_->last_delivery.Add({{"source", std::string(source)}});
  counted.last->Set(unix_seconds(instant));
}

void metrics::unreadable(std::string_view source, std::size_t elements) {
  const auto known = registry_->deliveries.find(source);
  if (known != registry_->deliveries.end()) known->second.unreadable->Increment(static_cast<double>(elements));
}

void metrics::set(gauge which, double value) { registry_->gauges[static_cast<std::size_t>(which)]->Set(value); }

void metrics::delivery_took(duration d) { registry_->delivery_seconds.Observe(in_seconds(d)); }
void metrics::event_claimed() { registry_->claimed_events.Increment(); }
void metrics::clock_jumped() { registry_->clock_jumps.Increment(); }

void metrics::database_failed(std::string_view reason) {
  if (const auto known = registry_->failures.find(reason); known != registry_->failures.end())
    known->second->Increment();
}

void metrics::reached(std::string_view limit) {
  if (const auto known = registry_->limits_reached.find(limit); known != registry_->limits_reached.end())
    known->second->Increment();
}

void metrics::refresh(bool success, timestamp instant, duration took) {
  set(gauge::refresh_success, success);
  set(gauge::refresh_seconds, in_seconds(took));
  if (success) set(gauge::refresh_timestamp, unix_seconds(instant));
}

void metrics::spooled(const ledger::spool::contents& c) {
  auto& r = *registry_;
  set(gauge::spooled_deliveries, static_cast<double>(c.deliveries));
  set(gauge::spooled_bytes, static_cast<double>(c.bytes));
  set(gauge::set_aside_deliveries, static_cast<double>(c.set_aside));
  set(gauge::spool_writable, c.is_writable);
  if (c.oldest && !r.oldest_spooled_now) r.oldest_spooled_now = &r.oldest_spooled.Add({});
  if (!c.oldest && r.oldest_spooled_now) r.oldest_spooled.Remove(std::exchange(r.oldest_spooled_now, nullptr));
  if (c.oldest) r.oldest_spooled_now->Set(unix_seconds(*c.oldest));
}

void metrics::ledger(const ledger::ledger_counts& c, bool rules_changed) {
  set(gauge::rebuild_needed, rules_changed);
  for (const auto& [which, count] : {std::pair(gauge::dead_deliveries, c.dead),
                                     {gauge::partly_dead_deliveries, c.partly_dead},
                                     {gauge::unplaced_deployments, c.unplaced},
                                     {gauge::underived_events, c.underived}})
    set(which, static_cast<double>(count));
  for (const auto& [names, count] : {std::pair(&registry_->other_services, c.other_services),
                                     {&registry_->other_environments, c.other_environments},
                                     {&registry_->other_teams, c.other_teams}})
    names->Set(static_cast<double>(count));
}

void metrics::set(source_gauge which, const std::map<std::string, double>& by_source) {
  auto& exported = registry_->by_sources[static_cast<std::size_t>(which)];
  auto previous = std::exchange(exported.known, {});
  for (const auto& [source, value] : by_source) {
    const auto known = previous.extract(source);
    auto& gauge = exported.known[source] = known ? known.mapped() : &exported.family->Add({{"source", source}});
    gauge->Set(value);
  }
  for (const auto& [source, gone] : previous) exported.family->Remove(gone);
}

void metrics::reload(bool success, timestamp instant) {
  set(gauge::reload_success, success);
  if (success) set(gauge::reload_timestamp, unix_seconds(instant));
}

std::string metrics::render(text_format format) const {
  exposition out(format);
  for (const auto& f : registry_->all.Collect()) {
    const bool counter = f.type == prometheus::MetricType::Counter,
               histogram = f.type == prometheus::MetricType::Histogram;
    out.family(f.name,
               counter     ? metric_type::counter
               : histogram ? metric_type::histogram
                           : metric_type::gauge,
               f.help);
    for (const auto& m : f.metric) {
      std::vector<label> labels;
      for (const auto& l : m.label) labels.emplace_back(l.name, l.value);
      if (!histogram) {
        out.sample(labels, counter ? m.counter.value : m.gauge.value);
        continue;
      }
      for (const auto& b : m.histogram.bucket) {
        const auto bound = format_bound(b.upper_bound);
        auto with_bound = labels;
        with_bound.emplace_back("le", bound);
        out.sample(with_bound, static_cast<double>(b.cumulative_count), "_bucket");
      }
      out.sample(labels, m.histogram.sample_sum, "_sum");
      out.sample(labels, static_cast<double>(m.histogram.sample_count), "_count");
    }
  }
  write_process_metrics(out);
  return out.text();
}

}
