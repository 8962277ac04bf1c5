#include "daemon/figures/report.hpp"

#include <iostream>

#include "daemon/app.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/ledger/shadow.hpp"

namespace releasehealth {
namespace {

struct report_options {
  std::string month, from, to, period, as_of, format = "text", service, team, figure;
};

std::vector<period> read_periods(const report_options& o, const calendar& zone, timestamp now) {
  if (!o.period.empty()) {
    auto asked = parse_period(o.period, zone, now);
    if (!asked) throw usage_error("--period: " + asked.error().detail);
    return {*asked};
  }
  const auto this_month = format_month(zone.month_of(now));
  const auto from = !o.from.empty() ? o.from : !o.month.empty() ? o.month : this_month;
  const auto to = !o.to.empty() ? o.to : !o.month.empty() ? o.month : this_month;
  auto months = months_between(from, to, zone, now);
  if (!months) throw usage_error(months.error().text());
  return *months;
}

std::string write_report(const snapshot& s, const config& c, const report_options& o) {
  if (o.format == "csv") return csv_report(s, c.figures);
  if (o.format == "json") return json::serialize(figures_json(s, c.figures)) + '\n';
  return text_report(s, c.figures, o.figure, o.format == "markdown" ? report_format::markdown : report_format::text);
}

int run_report(const config& c, const report_options& o) {
  auto now = system_now();
  std::optional<timestamp> as_of;
  if (!o.as_of.empty()) {
    as_of = parse_time(o.as_of);
    if (!as_of) throw usage_error("--as-of is not an RFC 3339 time with an offset");
    now = std::min(now, *as_of);
  }
  const figure_question question{
      .periods = read_periods(o, c.figures.zone, now), .service = o.service, .environment = {}, .team = o.team};
  const auto database = open_database(c, "report");
  if (as_of) {
    ledger::shadow past(database.where, c.timeline, as_of);
    std::cout << write_report(answer_question(past.read(), question, c.figures, now), c, o);
    return 0;
  }
  ledger::deriver(database.where, c.timeline).derive();
  ledger::reader reader(database.where);
  std::cout << write_report(answer_question(reader, question, c.figures, now), c, o);
  return 0;
}

}

std::function<int()> add_report(CLI::App& app, const common_options& options) {
  const auto o = std::make_shared<report_options>();
  app.add_option("--month", o->month, "2026-10; default: this one");
  app.add_option("--from", o->from, "the first month");
  app.add_option("--to", o->to, "the last month, included");
  app.add_option("--period", o->period, "instead of months: 2026-Q4, or begin/end with RFC 3339 times");
  app.add_option("--as-of", o->as_of, "what was known at that instant: only events received before it");
  app.add_option("--service", o->service, "this one only");
  app.add_option("--team", o->team, "this one's services only");
  app.add_option("--figure", o->figure, "this column only, of the text")->check(CLI::IsMember(text_report_columns()));
  app.add_option("--format", o->format)
      ->check(CLI::IsMember({"text", "markdown", "json", "csv"}))
      ->capture_default_str();
  return [o, &options] { return run_report(load_or_refuse(options), *o); };
}

}
