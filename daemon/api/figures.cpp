// GET /api/v1/figures and /api/v1/months
#include "collectors/fields.hpp"
#include "daemon/api/endpoints.hpp"
#include "daemon/api/parameters.hpp"
#include "daemon/reports/report.hpp"

namespace releasehealth::api {
namespace {

constexpr std::int64_t default_months = 24, max_months = 120;

using read_periods = result<std::vector<period>>(const call&, timestamp now);

result<std::vector<period>> one_period(const call& c, timestamp now) {
  const auto given = c.query("period");
  auto found = find_period(given.empty() ? "30d" : given, c.current->figures.rolling, c.current->figures.zone, now);
  if (!found) return found.error();
  return std::vector<period>{std::move(*found)};
}

// The given number of calendar months up to the current one, the oldest first.
result<std::vector<period>> recent_months(const call& c, timestamp now) {
  const auto count = read_count("months", c.query("months"), default_months, max_months);
  if (!count) return count.error();
  const auto& zone = c.current->figures.zone;
  const auto last = zone.month_of(now);
  auto found = months_between(format_month(last - std::chrono::months{*count - 1}), format_month(last), zone, now);
  if (!found) return error(errc::malformed, "months: " + found.error().detail);
  return found;
}

// Nothing: the current state.
result<std::optional<timestamp>> read_as_of(const call& c) {
  const auto given = c.query("as_of");
  if (given.empty()) return std::optional<timestamp>();
  const auto instant = parse_time(given);
  if (!instant || *instant < min_time || *instant > c.now)
    return error(errc::malformed, "as_of: invalid time " + shown(json::value(given)) +
                                      "; expected RFC 3339 with an offset, from 1990 up to now");
  return instant;
}

/// The form of the response.
struct form_of_answer {
  bool is_list, as_csv;
  std::size_t spooled;  ///< deliveries not yet in the figures
};

result<http::response> answer(ledger::reader& database, const figure_question& q, const settings& current,
                              timestamp now, form_of_answer form) {
  const auto figures = as_derived(database, current.figures);
  const auto most = current.bounds.size("operations.max_answer");
  // one service has few targets
  if (const auto size = q.service.empty() ? size_of(database, q, figures) : 0; size > most)
    return error(errc::malformed, std::to_string(size) + " deployment targets times periods; expected at most " +
                                      std::to_string(most) + ": select a service or a team, or fewer months")
        .over("operations.max_answer");
  const auto s = answer_question(database, q, figures, now);
  if (form.as_csv) return http::response{200, "text/csv; charset=utf-8", csv_report(s, figures), {}};
  auto all = figures_json(s, figures, form.spooled);
  return http::response{
      200, "application/json", (form.is_list ? json_array(std::move(all)) : std::move(all.front())) + '\n', {}};
}

endpoint figures_at(const surroundings& around, std::string path, http::about_route documentation,
                    read_periods* periods, bool is_list) {
  documentation.also_csv = true;
  documentation.query->insert(
      documentation.query->end(),
      {{.name = "as_of", .help = "the state known at that time: only events received before it", .is_time = true},
       of_service,
       in_environment,
       of_team});
  const auto ask = [&queue = around.queue, periods, is_list](const call& c) -> result<plan> {
    const auto as_of = read_as_of(c);
    if (!as_of) return as_of.error();
    const auto instant = as_of->value_or(c.now);
    auto asked = periods(c, instant);
    if (!asked) return asked.error();
    figure_question q{.periods = std::move(*asked),
                      .service = c.query("service"),
                      .environment = c.environment(),
                      .team = c.query("team")};
    const form_of_answer form{is_list, c.wants_csv(), queue.spooled().deliveries};
    const auto& r = c.request;
    auto cached_as = r.path + '?' + r.query + (form.as_csv ? " csv " : " json ") + std::to_string(form.spooled);
    const auto read = [q = std::move(q), current = c.current, instant, form](ledger::reader& database) {
      return answer(database, q, *current, instant, form);
    };
    if (*as_of) return looking_back{instant, read};
    return reading{read, std::move(cached_as)};
  };
  return {"GET", std::move(path), std::move(documentation), ask};
}

}

std::vector<endpoint> figures(const surroundings& around) {
  return {
      figures_at(around, "/api/v1/figures",
                 about_reading("figures", "Get the figures of a period.", "Figures", {in_period}), one_period, false),
      figures_at(around, "/api/v1/months",
                 about_reading("figures", "Get the figures by month, the oldest first.", "Months",
                               {{.name = "months",
                                 .help = "number of months up to the current one: 1 to 120, default 24",
                                 .example = "3"}}),
                 recent_months, true)};
}

}
