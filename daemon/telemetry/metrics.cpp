#include "daemon/telemetry/metrics.hpp"

#include <array>
#include <map>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include "daemon/database/failure.hpp"
#include "daemon/system/limits.hpp"
#include "daemon/telemetry/process_metrics.hpp"

namespace releasehealth {
namespace {

constexpr std::array<std::string_view, 8> outcomes = {"accepted",     "duplicate", "ignored",   "dead",
                                                      "unauthorized", "malformed", "too_large", "unavailable"};

double seconds(duration d) { return std::chrono::duration<double>(d).count(); }

}

struct metrics::registry {
  prometheus::Registry all;
  prometheus::Family<prometheus::Gauge>& last_delivery = family<prometheus::Gauge>(
      "last_delivery_timestamp_seconds", "When the last authentic delivery of the source came in.");
  prometheus::Family<prometheus::Counter>& delivery_family =
      family<prometheus::Counter>("deliveries", "Deliveries by source and by what became of them.");
  prometheus::Family<prometheus::Counter>& unreadable_family = family<prometheus::Counter>(
      "unreadable_elements", "Elements of accepted deliveries that could not be read, kept for replay, by source.");
  struct of_source {
    std::array<prometheus::Counter*, outcomes.size()> became{};
    prometheus::Counter* unreadable = nullptr;
    prometheus::Gauge* last = nullptr;  ///< once there was one
  };
  std::map<std::string, of_source, std::less<>> deliveries;
  prometheus::Histogram& delivery_seconds =
      family<prometheus::Histogram>("delivery_seconds", "From the end of a delivery to its answer.")
          .Add({}, prometheus::Histogram::BucketBoundaries{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1,
                                                           2.5, 5, 10});
  prometheus::Gauge& dead = gauge("dead_deliveries", "Authentic deliveries that could not be read, kept for replay.");
  prometheus::Gauge& partly_dead =
      gauge("partly_dead_deliveries", "Accepted deliveries with elements that could not be read, kept for replay.");
  prometheus::Gauge& spooled = gauge("spooled_deliveries", "Acknowledged deliveries that are not in PostgreSQL yet.");
  prometheus::Gauge& spooled_bytes = gauge("spooled_bytes", "Their size, with those that were set aside.");
  prometheus::Gauge& set_aside =
      gauge("set_aside_deliveries", "Spooled deliveries that PostgreSQL takes in no form, kept in the spool.");
  prometheus::Family<prometheus::Gauge>& oldest_spooled = family<prometheus::Gauge>(
      "oldest_spooled_delivery_timestamp_seconds", "Receipt of the oldest delivery that waits in the spool.");
  prometheus::Gauge* oldest_spooled_now = nullptr;
  prometheus::Gauge& spool_writable =
      gauge("spool_writable", "Whether the spool's disk took the last write; 1 without a spool.");
  std::map<std::string_view, prometheus::Counter*> limits_reached, failures;
  prometheus::Counter& clock_jumps =
      family<prometheus::Counter>("clock_jumps", "Times that the system's clock moved by over a second at once.")
          .Add({});
  prometheus::Counter& claimed_events =
      family<prometheus::Counter>("claimed_events",
                                  "Events not stored because another sender, or another content, has their id.")
          .Add({});
  prometheus::Gauge& schema_newer =
      gauge("schema_newer", "Whether the schema is that of a newer program, which then derives what is shown here.");
  prometheus::Gauge& rebuilding =
      gauge("rebuilding", "Whether a rebuild is replacing figures of an older release, which are shown meanwhile.");
  prometheus::Gauge& database_durable =
      gauge("database_durable", "Whether PostgreSQL brings to the disk what it says that it did (fsync).");
  prometheus::Gauge& unplaced = gauge("unplaced_deployments", "Deployments for which no report names a service.");
  prometheus::Gauge& underived =
      gauge("underived_events", "Acknowledged events that are not in the figures yet, at most.");
  prometheus::Gauge& rebuild_needed =
      gauge("rebuild_needed",
            "Whether the past was derived by other rules than the configured ones: `rebuild` applies these.");
  prometheus::Family<prometheus::Gauge>& other_names = family<prometheus::Gauge>(
      "other_names", "Names beyond the most that are kept apart, counted together as `other`.");
  prometheus::Gauge& other_services = other_names.Add({{"kind", "service"}});
  prometheus::Gauge& other_environments = other_names.Add({{"kind", "environment"}});
  prometheus::Gauge& other_teams = other_names.Add({{"kind", "team"}});
  prometheus::Gauge& database_up = gauge("database_up", "Whether PostgreSQL answered the last time it was asked.");
  prometheus::Gauge& refresh_success = gauge("refresh_success", "Whether the last refresh of the figures succeeded.");
  prometheus::Gauge& refresh_timestamp = gauge("refresh_timestamp_seconds", "When the last successful refresh began.");
  prometheus::Gauge& refresh_seconds = gauge("refresh_seconds", "How long the last refresh took.");
  prometheus::Gauge& reload_success =
      gauge("config_last_reload_successful", "Whether the last reading of the configuration succeeded.");
  prometheus::Gauge& reload_timestamp =
      gauge("config_last_reload_success_timestamp_seconds", "When the configuration was last read with success.");

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
  prometheus::Gauge& gauge(const std::string& name, const std::string& help) {
    return family<prometheus::Gauge>(name, help).Add({});
  }
};

metrics::metrics(const std::vector<std::string>& sources) : registry_(std::make_unique<registry>()) {
  auto& r = *registry_;
  r.family<prometheus::Gauge>("build_info", "The version that runs; always 1.")
      .Add({{"version", RELEASEHEALTH_VERSION}})
      .Set(1);
  for (const auto& s : sources) know(s);
  auto& reached = r.family<prometheus::Counter>("limits_reached", "Times that something met a limit, by its key.");
  for (const auto& rule : limit_rules) r.limits_reached[rule.key] = &reached.Add({{"limit", std::string(rule.key)}});
  for (const auto system : {"intake.open_files", "operations.open_files"})
    r.limits_reached[system] = &reached.Add({{"limit", system}});
  auto& failures = r.family<prometheus::Counter>("database_failures", "Times that PostgreSQL did not do something.");
  for (const auto reason : ledger::failure_reasons())
    r.failures[reason] = &failures.Add({{"reason", std::string(reason)}});
  r.database_durable.Set(1);
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

void metrics::delivery(std::string_view source, outcome o, timestamp at) {
  const auto known = registry_->deliveries.find(source);
  if (known == registry_->deliveries.end()) return;
  auto& of = known->second;
  of.became[static_cast<std::size_t>(o)]->Increment();
  if (o != outcome::accepted && o != outcome::duplicate && o != outcome::ignored && o != outcome::dead) return;
  if (!of.last) of.last = &registry_->last_delivery.Add({{"source", std::string(source)}});
  of.last->Set(unix_seconds(at));
}

void metrics::unreadable(std::string_view source, std::size_t elements) {
  const auto known = registry_->deliveries.find(source);
  if (known != registry_->deliveries.end()) known->second.unreadable->Increment(static_cast<double>(elements));
}

void metrics::delivery_took(duration d) { registry_->delivery_seconds.Observe(seconds(d)); }
void metrics::database(bool up) { registry_->database_up.Set(up); }
void metrics::database_durable(bool durable) { registry_->database_durable.Set(durable); }
void metrics::schema_newer(bool newer) { registry_->schema_newer.Set(newer); }
void metrics::event_claimed() { registry_->claimed_events.Increment(); }
void metrics::rebuilding(bool is_running) { registry_->rebuilding.Set(is_running); }
void metrics::clock_jumped() { registry_->clock_jumps.Increment(); }

void metrics::database_failed(std::string_view reason) {
  if (const auto known = registry_->failures.find(reason); known != registry_->failures.end())
    known->second->Increment();
}

void metrics::reached(std::string_view limit) {
  if (const auto known = registry_->limits_reached.find(limit); known != registry_->limits_reached.end())
    known->second->Increment();
}

void metrics::refresh(bool success, timestamp at, duration took) {
  registry_->refresh_success.Set(success);
  registry_->refresh_seconds.Set(seconds(took));
  if (success) registry_->refresh_timestamp.Set(unix_seconds(at));
}

void metrics::spooled(const ledger::spool::contents& c) {
  auto& r = *registry_;
  r.spooled.Set(static_cast<double>(c.deliveries));
  r.spooled_bytes.Set(static_cast<double>(c.bytes));
  r.set_aside.Set(static_cast<double>(c.set_aside));
  r.spool_writable.Set(c.is_writable);
  if (c.oldest && !r.oldest_spooled_now) r.oldest_spooled_now = &r.oldest_spooled.Add({});
  if (!c.oldest && r.oldest_spooled_now) r.oldest_spooled.Remove(std::exchange(r.oldest_spooled_now, nullptr));
  if (c.oldest) r.oldest_spooled_now->Set(unix_seconds(*c.oldest));
}

void metrics::ledger(const ledger::ledger_counts& c, bool rules_changed) {
  registry_->rebuild_needed.Set(rules_changed);
  for (const auto& [gauge, count] : {std::pair(&registry_->dead, c.dead),
                                     {&registry_->partly_dead, c.partly_dead},
                                     {&registry_->unplaced, c.unplaced},
                                     {&registry_->underived, c.underived},
                                     {&registry_->other_services, c.other_services},
                                     {&registry_->other_environments, c.other_environments},
                                     {&registry_->other_teams, c.other_teams}})
    gauge->Set(static_cast<double>(count));
}

void metrics::reload(bool success, timestamp at) {
  registry_->reload_success.Set(success);
  if (success) registry_->reload_timestamp.Set(unix_seconds(at));
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
