#include "daemon/reports/sources.hpp"

#include <algorithm>

#include "collectors/canonical/canonical.hpp"
#include "collectors/words.hpp"
#include "daemon/reports/coverage.hpp"
#include "daemon/telemetry/metrics.hpp"

namespace releasehealth {
namespace {

constexpr std::size_t shown_days = 30;

std::vector<day_of_source> empty_days(timestamp now) {
  std::vector<day_of_source> all;
  for (std::size_t back = shown_days; back-- > 0;)
    all.push_back({format_time(now - std::chrono::days(back)).substr(0, 10), {}});
  return all;
}

void add_journal(source_report& report, const json::object& journal) {
  report.last_at = time_at(journal, "/last_at");
  for (const auto& d : journal.at("days").as_array()) {
    const auto day = std::ranges::find(report.days, text_at(d, "/day"), &day_of_source::day);
    if (day != report.days.end())
      day->by_outcome[text_at(d, "/outcome")] += d.at("deliveries").to_number<std::int64_t>();
  }
  for (const auto& r : journal.at("reasons").as_array())
    report.reasons.push_back({text_at(r, "/at"), text_at(r, "/outcome"), text_at(r, "/reason")});
  const auto& sync = journal.at("sync");
  if (sync.is_null()) return;
  const auto count = [&](const char* name) { return number_at(sync, name).value_or(0); };
  report.sync = {time_at(sync, "/at"),       count("/events"),   count("/unreported"),
                 count("/unreported_since"), count("/failures"), text_at(sync, "/failure")};
}

void add_setup(ledger::reader& database, std::vector<source_report>& all) {
  std::vector<std::string> sources, things, fields;
  for (auto& s : all)
    if (const auto* collected = find_collector(s.kind))
      for (const auto& step : collected->setup) {
        s.setup.push_back({&step, false});
        sources.push_back(s.name);
        things.emplace_back(word(step.gives));
        fields.emplace_back(step.field);
      }
  if (sources.empty()) return;
  const auto have = database.have_reported(sources, things, fields);
  std::size_t n = 0;
  for (auto& s : all)
    for (auto& one : s.setup) one.is_done = have[n++];
}

json::value as_json(const sync_of_source& sync) {
  return {{"at", sync.ended_at ? json::value(format_time(*sync.ended_at)) : json::value(nullptr)},
          {"events", sync.events},
          {"unreported", sync.unreported},
          {"unreported_30_days", sync.unreported_30_days},
          {"failures", sync.failures},
          {"failure", sync.failure}};
}

json::object counts_json(const std::map<std::string, std::int64_t>& counts) {
  json::object out;
  for (const auto outcome : outcomes) {
    const auto known = counts.find(std::string(outcome));
    out[outcome] = known == counts.end() ? 0 : known->second;
  }
  return out;
}

}

bool is_taken(std::string_view outcome) {
  return outcome == word(outcome::accepted) || outcome == word(outcome::duplicate);
}

std::map<std::string, std::int64_t> source_report::total(std::size_t last_days) const {
  std::map<std::string, std::int64_t> all;
  for (std::size_t n = days.size() - std::min(days.size(), last_days); n < days.size(); ++n)
    for (const auto& [outcome, count] : days[n].by_outcome) all[outcome] += count;
  return all;
}

std::string source_report::arrives_by() const {
  if (!sync) return last_at ? "webhook" : "";
  return last_at ? "webhook and sync" : "sync";
}

std::vector<source_report> report_sources(ledger::reader& database, const figure_settings& settings, timestamp now) {
  std::vector<source_report> all;
  const auto begin = [&](const std::string& name, const std::string& kind) -> source_report& {
    auto& one = all.emplace_back();
    one.name = name;
    one.kind = kind;
    one.days = empty_days(now);
    return one;
  };
  for (const auto& [name, configured] : settings.sources) begin(name, configured.kind);
  for (const auto& journal : database.source_journals(now - std::chrono::days(shown_days))) {
    const auto name = text_at(journal, "/source");
    const auto known = std::ranges::find(all, name, &source_report::name);
    if (known != all.end())
      add_journal(*known, journal);
    else if (name == canonical::source_name)
      add_journal(begin(name, name), journal);
  }
  for (const auto& r : database.rhythms(settings.watched_sources())) {
    const auto found = std::ranges::find(all, r.source, &source_report::name);
    found->is_silent = r.is_silent(now);
    if (!found->last_at) found->last_at = r.last_at;
  }
  for (const auto& one : unmatched_names(database, settings, now))
    for (auto& s : all)
      if (std::ranges::find(one.sources, s.name) != one.sources.end()) s.unmatched.push_back(one.name);
  add_setup(database, all);
  return all;
}

json::object as_json(const std::vector<source_report>& all) {
  json::array sources;
  for (const auto& s : all) {
    json::array days, reasons, setup;
    for (const auto& d : s.days) {
      auto one = counts_json(d.by_outcome);
      one["day"] = d.day;
      days.push_back(std::move(one));
    }
    for (const auto& r : s.reasons)
      reasons.push_back(json::object{{"at", r.at}, {"outcome", r.outcome}, {"reason", r.reason}});
    for (const auto& one : s.setup)
      setup.push_back(json::object{{"step", one.step->what},
                                   {"gives", word(one.step->gives)},
                                   {"needed_by", one.step->needed_by},
                                   {"done", one.is_done}});
    sources.push_back(
        json::object{{"name", s.name},
                     {"kind", s.kind},
                     {"last_delivery_at", s.last_at ? json::value(format_time(*s.last_at)) : json::value(nullptr)},
                     {"silent", s.is_silent},
                     {"arrives_by", s.arrives_by()},
                     {"sync", s.sync ? as_json(*s.sync) : json::value(nullptr)},
                     {"last_day", counts_json(s.total(1))},
                     {"last_30_days", counts_json(s.total(shown_days))},
                     {"unmatched", json::value_from(s.unmatched)},
                     {"days", std::move(days)},
                     {"reasons", std::move(reasons)},
                     {"setup", std::move(setup)}});
  }
  return {{"sources", std::move(sources)}};
}

}
