#include "daemon/figures/report.hpp"

#include <iostream>

#include "daemon/app.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/ledger/derive.hpp"

namespace releasehealth {
namespace {

struct report_options {
  std::string month, from, to, format = "text", service, team, figure;
};

int run_report(const config& c, const report_options& o) {
  const auto now = system_now();
  const auto this_month = format_month(c.figures.zone.month_of(now));
  const auto from = !o.from.empty() ? o.from : !o.month.empty() ? o.month : this_month;
  const auto to = !o.to.empty() ? o.to : !o.month.empty() ? o.month : this_month;
  auto periods = months_between(from, to, c.figures.zone, now);
  if (!periods) throw usage_error(periods.error().text());

  const auto database = open_database(c, "report");
  ledger::deriver(database.where, c.timeline).derive();
  ledger::reader reader(database.where);
  const auto s =
      answer_question(reader, {.periods = std::move(*periods), .service = o.service, .environment = {}, .team = o.team},
                      c.figures, now);
  std::cout << (o.format == "csv" ? csv_report(s, c.figures) : text_report(s, c.figures, o.figure));
  return 0;
}

}

std::function<int()> add_report(CLI::App& app, const common_options& options) {
  const auto o = std::make_shared<report_options>();
  app.add_option("--month", o->month, "2026-10; default: this one");
  app.add_option("--from", o->from, "the first month");
  app.add_option("--to", o->to, "the last month, included");
  app.add_option("--service", o->service, "this one only");
  app.add_option("--team", o->team, "this one's services only");
  app.add_option("--figure", o->figure, "this column only, of the text")->check(CLI::IsMember(text_report_columns()));
  app.add_option("--format", o->format)->check(CLI::IsMember({"text", "csv"}))->capture_default_str();
  return [o, &options] { return run_report(load_or_refuse(options), *o); };
}

}
