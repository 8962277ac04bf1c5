#include <algorithm>
#include <cmath>

#include "collectors/base/nearest.hpp"
#include "collectors/base/text.hpp"
#include "collectors/words.hpp"
#include "daemon/explain/explanation.hpp"
#include "daemon/figures/covered.hpp"
#include "daemon/figures/readable.hpp"
#include "daemon/reports/coverage.hpp"
#include "daemon/reports/service_columns.hpp"
#include "daemon/reports/sources.hpp"
#include "daemon/review/cards.hpp"
#include "daemon/review/chart.hpp"
#include "daemon/review/frame.hpp"
#include "daemon/review/page.hpp"
#include "sql/lists.hpp"

namespace releasehealth {
namespace {

// Maximum numbers of rows on a page; the API has the rest.
constexpr std::size_t most_services = 100, most_exceeded = 8;
constexpr std::int64_t most_hotfixes = 50;

std::string name_of(const place& where, const std::string& team) {
  if (where.service.empty()) return "team " + team;
  return short_name(where);
}

// A ratio with few observations is shown as "1 of 1", not as "100.0 %".
json::object value_in(const reviewed& r, const scope_figures& known, const service_column& column) {
  const auto& f = *find_figure(column.figure);
  const auto values = known.values.find(r.last().label);
  if (values == known.values.end() || !has_data(known, r.last())) return {{"text", "–"}, {"is_few", false}};
  const auto& part = *std::ranges::find(f.slices, column.slice, &slice::value);
  const auto v = evaluate(f, part, {r.apart.columns, values->second, r.last()});
  if (!v) return {{"text", "–"}, {"is_few", false}};
  if (!v->denominator || *v->denominator >= least_for_a_band)
    return {{"text", readable(f, v->value)}, {"is_few", false}};
  const auto whole = [](double n) { return std::to_string(std::llround(n)); };
  return {{"text", whole(*v->numerator) + " of " + whole(*v->denominator)}, {"is_few", true}};
}

json::object service_row(const reviewed& r, const place& where, const ledger::hotfix_months& counted_months,
                         const std::vector<threshold_of>& exceeded, const links& urls) {
  const auto& known = r.apart.places.at(where);
  json::array says;
  for (const auto& one : exceeded)
    if (one.where == where) says.push_back(json::object{{"text", in_words(one.judged)}});
  std::vector<chart_point> points;
  for (std::size_t m = 0; m < r.months.size(); ++m) {
    const auto& p = r.months[m];
    const bool is_known = counted_months.since && p.end > *counted_months.since;
    const auto n = static_cast<double>(counted_months.hotfixes[m]);
    points.push_back({name_month(*parse_month(p.label), true), is_known ? std::optional(n) : std::nullopt,
                      std::to_string(counted_months.hotfixes[m]), p.partial});
  }
  json::array values;
  for (const auto& c : service_columns())
    if (c.is_on_page) values.push_back(value_in(r, known, c));
  const bool is_exceeded = !says.empty();
  return {{"name", name_of(where, known.team)},
          {"link", urls.to_service(where.service, r.month)},
          {"team", known.team},
          {"is_exceeded", is_exceeded},
          {"exceeded", std::move(says)},
          {"values", std::move(values)},
          {"chart", column_chart("Hotfixes of " + where.service, points, std::nullopt)}};
}

// Targets by most exceeded thresholds, then most hotfixes, then name.
std::vector<place> by_attention(const reviewed& r, const std::vector<threshold_of>& exceeded,
                                const figure_settings& settings) {
  std::vector<std::tuple<std::ptrdiff_t, double, place>> order;
  for (const auto& [where, known] : r.apart.places) {
    if (!settings.names.is_target(where)) continue;
    const auto limits = std::ranges::count(exceeded, where, &threshold_of::where);
    const auto v = value_of(r.apart, health_headlines().front(), known, r.last(), settings);
    order.emplace_back(-limits, v ? -v->value : 0, where);
  }
  std::ranges::sort(order, [](const auto& a, const auto& b) {
    return std::tie(std::get<0>(a), std::get<1>(a), std::get<2>(a).service, std::get<2>(a).environment) <
           std::tie(std::get<0>(b), std::get<1>(b), std::get<2>(b).service, std::get<2>(b).environment);
  });
  std::vector<place> all;
  all.reserve(order.size());
  for (auto& [limits, hotfixes, where] : order) all.push_back(std::move(where));
  return all;
}

json::array service_rows(ledger::reader& database, const reviewed& r, const std::vector<place>& order,
                         const std::vector<threshold_of>& exceeded, const links& urls) {
  std::vector<ledger::scope> scopes;
  scopes.reserve(order.size());
  for (const auto& where : order) scopes.push_back({{where, {}, true}});
  std::vector<timestamp> begins;
  begins.reserve(r.months.size() + 1);
  for (const auto& p : r.months) begins.push_back(p.begin);
  begins.push_back(r.last().end);
  const auto counted_months = database.count_hotfix_months(scopes, begins);
  json::array rows;
  for (std::size_t n = 0; n < order.size(); ++n)
    rows.push_back(service_row(r, order[n], counted_months[n], exceeded, urls));
  return rows;
}

// The verdict: exceeded, within or not judged, or `without_data` before there is any data.
json::object verdict_of(const reviewed& r, const std::vector<threshold_of>& all,
                        const std::vector<threshold_of>& exceeded, const std::string& without_data, const links& urls) {
  json::array says;
  for (std::size_t n = 0; n < std::min(exceeded.size(), most_exceeded); ++n) {
    const auto& one = exceeded[n];
    says.push_back({{"who", name_of(one.where, one.team)},
                    {"link", one.where.service.empty() ? urls.to_month(r.month, one.team)
                                                       : urls.to_service(one.where.service, r.month)},
                    {"text", in_words(one.judged)}});
  }
  const bool is_reported = std::ranges::any_of(r.together.together.values, [](const auto& entry) {
    return std::ranges::any_of(entry.second, [](double v) { return v > 0; });
  });
  auto view = verdict_on(judged_of(all));
  if (!is_reported) view = {{"is_good", false}, {"is_bad", false}, {"headline", without_data}, {"note", ""}};
  view["is_reported"] = is_reported;
  view["is_grey"] = !flag_at(view, "/is_good") && !flag_at(view, "/is_bad");
  view["exceeded"] = std::move(says);
  view["more"] = exceeded.size() > most_exceeded
                     ? std::to_string(exceeded.size() - most_exceeded) + " more, in the table of services"
                     : "";
  return view;
}

json::array hotfixes_of(ledger::reader& database, const reviewed& r, const std::map<place, std::string>& targets,
                        const review_frame& frame, const figure_settings& settings, const links& urls, bool& has_more) {
  json::array services;
  std::set<std::string> names;
  for (const auto& [where, known] : r.apart.places)
    if (settings.names.is_target(where)) names.insert(where.service);
  for (const auto& name : names) services.emplace_back(name);
  const auto page = database.list(sql::lists::deployments,
                                  {{"services", std::move(services)},
                                   {"kind", word(deployment_kind::hotfix)},
                                   {"state", word(deployment_state::succeeded)},
                                   {"since", format_time(r.last().begin)},
                                   {"until", format_time(r.last().end)}},
                                  nullptr, most_hotfixes + 1);
  const auto tracked = find_tracked(database, targets, settings);
  json::array all;
  for (const auto& row : page.rows)
    if (settings.names.is_production(text(row, "environment")) && all.size() < most_hotfixes)
      all.push_back(hotfix_row(database, row, tracked, settings, frame, urls));
  has_more = page.rows.size() > most_hotfixes;
  return all;
}

std::string now_count(const reviewed& r, std::string_view figure) {
  const auto& f = *find_figure(figure);
  const auto v = r.together.together.now.empty()
                     ? std::nullopt
                     : evaluate(f, f.slices.front(), {r.together.columns_now, r.together.together.now, r.last()});
  const bool is_always_tracked = tracked_by(f).empty();
  return v ? readable(f, v->value) : is_always_tracked ? "0" : "not tracked";
}

// The setup steps with their state.
json::array checklist_of(ledger::reader& database, const figure_settings& settings, timestamp now) {
  const auto sources = report_sources(database, settings, now);
  const auto names = joined(settings.watched_sources());
  const bool has_delivered = std::ranges::any_of(sources, [](const auto& s) { return s.last_at.has_value(); });
  const bool has_incidents =
      std::ranges::any_of(settings.sources, [&](const auto& s) { return settings.incident_sources.contains(s.first); });
  const auto step = [](bool is_done, std::string_view what, std::string_view command, const std::string& how) {
    return json::object{{"is_done", is_done}, {"what", what}, {"command", command}, {"how", how}};
  };
  return {
      step(!names.empty(), "Configure a deployment source", names.empty() ? "releasehealthd init" : "",
           names.empty() ? "writes a first configuration with secrets and prints the values to enter at the source"
                         : names),
      step(has_delivered, "Receive a first delivery", "",
           "the page Sources lists deliveries and the reasons for rejected ones"),
      step(has_incidents, "Configure an incident source", "",
           "such as your paging tool; without one, fail rates rest on rollbacks and hotfixes alone"),
      step(false, "Report a first deployment to production",
           "releasehealthd send deployment service=checkout version=1.0.0 state=succeeded", "reports one manually")};
}

// One sentence on data quality: gaps in the evidence of headline figures, and unmatched names.
std::string quality_of(const reviewed& r, const std::vector<discover::unmatched_name>& unmatched) {
  std::vector<std::string> parts;
  const auto& scope = r.together.together;
  std::set<std::string_view> needed;
  for (const auto headlines : {health_headlines(), dora_headlines()})
    for (const auto& h : headlines) needed.insert(h.wanted->rests_on.begin(), h.wanted->rests_on.end());
  for (const auto& one : coverage_of(scope, r.together))
    if (one.share && one.is_gap() && needed.contains(one.rule->name))
      parts.push_back(std::string(one.rule->name) + " coverage " + in_words(one));
  if (!unmatched.empty()) parts.push_back(in_words(names_of(unmatched)));
  return joined(parts, "; ");
}

}

std::string review_month(ledger::reader& database, const review_question& q, const figure_settings& settings,
                         const review_frame& frame) {
  const links urls{frame};
  const auto r = look_at(database, q, settings, frame.now);
  const auto thresholds = all_thresholds(r, settings), exceeded = exceeded_among(thresholds);
  std::set<std::string> teams;
  const auto places = database.places();
  const auto targets = places_and_teams(places, settings);
  for (const auto& [where, team] : targets)
    if (!team.empty()) teams.insert(team);
  auto view = frame_of(name_month(q.month), q, frame, settings, teams);
  view["month"] = name_month(q.month);
  view["team"] = q.team;
  view["so_far"] = r.is_so_far ? settings.zone.local_time(frame.now) : "";
  view["partial"] = r.last().partial && !r.is_so_far;
  const bool is_unknown_team = !q.team.empty() && !teams.contains(q.team);
  view["verdict"] = verdict_of(r, thresholds, exceeded,
                               is_unknown_team  ? "Unknown team " + in_quotes(q.team)
                               : places.empty() ? "Nothing has been reported yet"
                                                : "No data from production up to " + name_month(q.month),
                               urls);
  const bool is_reported = flag_at(view, "/verdict/is_reported");
  view["is_reported"] = is_reported;
  const bool is_empty = places.empty() && !is_unknown_team;
  view["is_empty"] = is_empty;
  if (is_empty) view["checklist"] = checklist_of(database, settings, frame.now);
  view["quality"] = is_reported ? quality_of(r, unmatched_names(database, settings, frame.now)) : "";
  view["quality_link"] = urls.to("/coverage");
  view["health"] = cards(r, health_headlines(), settings, thresholds);
  view["dora"] = cards(r, dora_headlines(), settings, thresholds);
  auto changes = changes_in_words(r, settings);
  view["has_changes"] = !changes.empty();
  view["changes"] = std::move(changes);
  view["before"] = name_month(q.month - std::chrono::months{1});
  auto order = by_attention(r, exceeded, settings);
  const auto all = order.size();
  order.resize(std::min(all, most_services));
  view["services"] = service_rows(database, r, order, exceeded, urls);
  json::array columns;
  for (const auto& c : service_columns())
    if (c.is_on_page) columns.push_back(json::object{{"text", sentence_case(std::string(c.title))}});
  view["columns"] = std::move(columns);
  view["has_services"] = !order.empty();
  view["more_services"] = all > order.size() ? std::to_string(all - order.size()) : "";
  bool has_more = false;
  auto hotfixes = hotfixes_of(database, r, targets, frame, settings, urls, has_more);
  view["has_hotfixes"] = !hotfixes.empty();
  view["hotfixes"] = std::move(hotfixes);
  view["more_hotfixes"] = has_more;
  auto causes = causes_of(r, settings);
  view["has_causes"] = !causes.empty();
  view["causes"] = std::move(causes);
  auto recovery = recovery_of(r, settings);
  view["has_recovery"] = !recovery.empty();
  view["recovery"] = std::move(recovery);
  view["open_incidents"] = now_count(r, "open_incidents");
  view["unmerged"] = now_count(r, "unmerged_hotfixes");
  view["overdue"] = now_count(r, "overdue_reviews");
  view["without_incidents"] = !r.together.has_incidents && is_reported;
  view["trend"] = trend_table(r, settings);
  view["csv"] = urls.to("/api/v1/figures?period=" + format_month(q.month));
  return render_page("month", view);
}

}
