#include "daemon/reports/report.hpp"

#include <cstdlib>
#include <iostream>

#include <unistd.h>

#include "collectors/base/nearest.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/commands/output.hpp"
#include "daemon/derivation/shadow.hpp"
#include "daemon/figures/covered.hpp"
#include "daemon/reports/text_report.hpp"
#include "daemon/review/review.hpp"
#include "daemon/system/clock.hpp"

namespace releasehealth {
namespace {

struct report_options {
  std::string month, begin, end, period, as_of, service, team, figure, url;
  std::shared_ptr<output_options> output;
};

std::vector<period> read_periods(const report_options& o, const calendar& zone, timestamp now) {
  if (!o.period.empty()) {
    auto asked = parse_period(o.period, zone, now);
    if (!asked) throw usage_error("--period: " + asked.error().detail);
    return {*asked};
  }
  const auto this_month = format_month(zone.month_of(now));
  const auto one = o.month.empty()             ? this_month
                   : o.month == previous_month ? format_month(zone.month_of(now) - std::chrono::months{1})
                                               : o.month;
  const auto first = o.begin.empty() ? one : o.begin, last = o.end.empty() ? one : o.end;
  auto months = months_between(first, last, zone, now);
  if (!months) throw usage_error(months.error().text());
  return *months;
}

// Colours on a terminal, unless NO_COLOR is set (https://no-color.org).
bool has_colours() {
  const char* unwanted = std::getenv("NO_COLOR");
  return isatty(STDOUT_FILENO) != 0 && (unwanted == nullptr || *unwanted == '\0');
}

// The review page of that month, for a service, a team or everything.
std::string write_review(ledger::reader& database, const std::vector<period>& periods, const figure_settings& figures,
                         const report_options& o, timestamp now) {
  const auto chosen = parse_month(periods.front().label);
  if (periods.size() != 1 || !chosen || *chosen < first_reviewed_month)
    throw usage_error("--format html: expected exactly one month");
  const review_question q{.month = *chosen, .team = o.team, .service = o.service, .environment = {}};
  const review_frame frame{.now = now, .is_one_file = true, .base = o.url};
  if (o.service.empty()) return review_month(database, q, figures, frame);
  auto page = review_service(database, q, figures, frame);
  if (!page) throw std::runtime_error(page.error().detail);
  return *page;
}

std::string write_report(ledger::reader& database, const std::vector<period>& periods, const config& c,
                         report_options o, timestamp now) {
  const auto figures = as_derived(database, c.figures);
  require_known(database, figures, o.service, o.team);
  const auto& format = o.output->format;
  if (format == "html" && o.figure.empty()) return write_review(database, periods, figures, o, now);
  const figure_question question{.periods = periods, .service = o.service, .environment = {}, .team = o.team};
  auto s = answer_question(database, question, figures, now);
  const auto only = choose_figure(o.figure);
  if (format == "csv") return csv_report(s, figures, only);
  if (format == "json") return json_array(figures_json(s, figures, 0, only)) + '\n';
  find_since(database, s, figures.names);
  text_style style{.markdown = format == "markdown", .html = format == "html", .teams = !o.team.empty()};
  if (o.output->is_text()) {
    style.width = o.output->width();
    style.colours = has_colours();
  }
  if (style.html)
    return "<!DOCTYPE html>\n<meta charset=\"utf-8\">\n<title>" + o.figure + "</title>\n" +
           text_report(s, figures, o.figure, style);
  if (periods.size() != 1) return text_report(s, figures, o.figure, style);
  auto of_thresholds = question;
  of_thresholds.periods = current_periods(figures.rolling, figures.zone, periods.front().end);
  const auto at_end = answer_question(database, of_thresholds, figures, periods.front().end);
  return text_report(s, figures, o.figure, style, &at_end);
}

int run_report(const config& c, const report_options& o) {
  if (!o.figure.empty() && !choose_figure(o.figure)) {
    const auto names = figure_names();
    throw usage_error("--figure: " + unknown_word("figure", o.figure, word_list_of(names)));
  }
  auto now = system_now();
  std::optional<timestamp> as_of;
  if (!o.as_of.empty()) {
    as_of = parse_time(o.as_of);
    if (!as_of) throw usage_error("--as-of: invalid time " + in_quotes(o.as_of) + "; expected RFC 3339 with an offset");
    if (*as_of > now)
      throw usage_error("--as-of: " + in_quotes(o.as_of) + " is in the future; expected a time up to now");
    now = *as_of;
  }
  const auto periods = read_periods(o, c.figures.zone, now);
  const auto database = open_database(c, "report");
  if (as_of) {
    ledger::shadow past(database.where, c.timeline, as_of);
    std::cout << write_report(past.read(), periods, c, o, now);
    return 0;
  }
  ledger::deriver(database.where, c.timeline).derive();
  ledger::reader reader(database.where);
  const auto derived_by = reader.counts(c.timeline.max_names).derived_by;
  if (!derived_by.empty() && derived_by != c.timeline.fingerprint)
    std::cerr << "history was derived with different rules; run `releasehealthd rebuild`, which applies the configured "
                 "ones\n";
  std::cout << write_report(reader, periods, c, o, now);
  return 0;
}

}

std::function<int()> add_report(CLI::App& app, const common_options& options) {
  const auto o = std::make_shared<report_options>();
  app.add_option("--month", o->month, "month: 2026-10 or previous_month; default: the current one");
  app.add_option("--from", o->begin, "first month");
  app.add_option("--to", o->end, "last month, inclusive");
  app.add_option("--period", o->period, "period instead of months: 2026-Q4, or begin/end with RFC 3339 times");
  app.add_option("--as-of", o->as_of, "state known at that instant: only events received before it");
  app.add_option("--service", o->service, "only this service");
  app.add_option("--team", o->team, "only services of this team");
  app.add_option("--figure", o->figure, "only this figure: a metric, or the figure of a threshold");
  app.add_option("--url", o->url, "base URL of the operations listener for links in html");
  o->output = add_output(app, {"text", "markdown", "html", "json", "csv"});
  app.footer("Example: releasehealthd report --from 2026-01 --to 2026-06 --team payments");
  return [o, &options] { return run_report(load_or_refuse(options), *o); };
}

}
