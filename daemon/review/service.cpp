#include <algorithm>

#include "collectors/base/nearest.hpp"
#include "collectors/words.hpp"
#include "daemon/explain/explanation.hpp"
#include "daemon/review/cards.hpp"
#include "daemon/review/chart.hpp"
#include "daemon/review/frame.hpp"
#include "daemon/review/page.hpp"
#include "sql/lists.hpp"

namespace releasehealth {
namespace {

constexpr std::int64_t most_rows = 200;  // maximum of deployments, and of incidents; the API has the rest
constexpr auto timeline_months = std::chrono::months{3};

/// The rows of one service in one environment over the period of the timeline.
struct service_past {
  period span;
  std::vector<json::object> deployments, incidents;  ///< latest first
  std::string live_before;                           ///< id of the deployment live at the beginning
};

service_past read_past(ledger::reader& database, const place& located, const period& span, const naming& names) {
  json::object filters = {{"services", json::array{json::value(located.service)}},
                          {"groups", json::value_from(names.groups())},
                          {"environment", located.environment},
                          {"since", format_time(span.begin)},
                          {"until", format_time(span.end)}};
  service_past past{span,
                    database.list(sql::lists::deployments, filters, nullptr, most_rows).rows,
                    database.list(sql::lists::incidents, filters, nullptr, most_rows).rows,
                    {}};
  filters.erase("since");
  filters["until"] = format_time(span.begin);
  filters["state"] = word(deployment_state::succeeded);
  const auto earlier = database.list(sql::lists::deployments, filters, nullptr, 1).rows;
  if (!earlier.empty()) past.live_before = text(earlier.front(), "live");
  return past;
}

std::string called(const json::object& d) {
  return text(d, "version").empty() ? text(d, "subject") : text(d, "version");
}

std::string kind_or_state(const json::object& d) {
  return text(d, "kind").empty() ? text(d, "state") : text(d, "kind");
}

timeline draw(ledger::reader& database, const service_past& past, const figure_settings& settings, const links& urls) {
  timeline t{past.span.begin, past.span.end, {}, {}, {}, {}, {}};
  std::map<std::string, std::string> names;
  for (const auto& d : past.deployments) names[text(d, "id")] = called(d);
  const auto name_of = [&](const std::string& id) {
    const auto known = names.find(id);
    return known != names.end() ? known->second
           : id.empty()         ? std::string("earlier version")
                                : name_of_deployment(database, id);
  };
  if (!past.live_before.empty()) {
    const auto live = name_of(past.live_before);
    t.live.push_back({live, "live: " + live + ", since before this period", std::string(word(deployment_kind::planned)),
                      "", past.span.begin, past.span.end});
  }
  for (auto d = past.deployments.rbegin(); d != past.deployments.rend(); ++d) {
    const auto instant = time_at(*d, "/at");
    if (!instant) continue;
    const auto kind = kind_or_state(*d);
    t.deployments.push_back({settings.zone.local_time(*instant) + ' ' + kind + ' ' + called(*d), kind,
                             urls.to_deployment(text(*d, "id")), text(*d, "id"), *instant});
    if (text(*d, "state") != word(deployment_state::succeeded) || kind == word(deployment_kind::redeploy)) continue;
    if (!t.live.empty()) t.live.back().end = *instant;
    const auto live = name_of(text(*d, "live"));
    auto says = "live: " + live;
    says.append(", by ").append(kind).append(", since ").append(settings.zone.local_time(*instant));
    t.live.push_back({live, std::move(says), kind, "", *instant, past.span.end});
  }
  for (auto i = past.incidents.rbegin(); i != past.incidents.rend(); ++i) {
    const auto began = time_at(*i, "/started_at");
    if (!began) continue;
    const auto end = time_at(*i, "/restored_at");
    const auto severity = text(*i, "severity");
    if (!text(*i, "blamed").empty()) t.blame.emplace_back(t.incidents.size(), text(*i, "blamed"));
    t.incidents.push_back(
        {text(*i, "subject"),
         "incident " + text(*i, "subject") + (severity.empty() ? "" : ", severity " + severity) + ", from " +
             settings.zone.local_time(*began) + (end ? " to " + settings.zone.local_time(*end) : ", open"),
         severity == "1" || severity == "2" ? "severe" : "mild", "", *began, end.value_or(past.span.end)});
  }
  for (auto m = settings.zone.month_of(past.span.begin); settings.zone.month_begin(m) < past.span.end;
       m += std::chrono::months{1})
    t.ticks.emplace_back(std::max(settings.zone.month_begin(m), past.span.begin), name_month(m, true));
  return t;
}

// The targets of a service, production first, groups before their members.
std::vector<place> places_of(const std::map<place, std::string>& all, const std::string& service, const naming& names) {
  std::vector<place> mine;
  for (const auto& [where, team] : all)
    if (where.service == service) mine.push_back(where);
  std::ranges::stable_sort(mine, [&](const place& a, const place& b) {
    return std::pair(names.is_target(a), names.is_production(a.environment)) >
           std::pair(names.is_target(b), names.is_production(b.environment));
  });
  return mine;
}

}

result<std::string> review_service(ledger::reader& database, const review_question& q, const figure_settings& settings,
                                   const review_frame& frame) {
  const auto all = places_and_teams(database.places(), settings);
  const auto mine = places_of(all, q.service, settings.names);
  if (mine.empty()) return error(errc::unknown, "unknown service " + in_quotes(q.service));
  const auto chosen = std::ranges::find(mine, q.environment, &place::environment);
  if (!q.environment.empty() && chosen == mine.end())
    return error(errc::unknown, "unknown environment " + in_quotes(q.environment) + " of " + q.service);
  const auto& where = q.environment.empty() ? mine.front() : *chosen;
  auto asked = q;
  asked.environment = where.environment;
  const links urls{frame};
  const auto r = look_at(database, asked, settings, frame.now);
  const bool is_production = settings.names.is_production(where.environment);
  const auto thresholds = all_thresholds(r, settings);
  auto view = frame_of(q.service + ", " + name_month(q.month), q, frame, settings, {});
  view["service"] = q.service;
  view["team"] = all.at(where);
  view["team_link"] = all.at(where).empty() ? "" : urls.to_month(q.month, all.at(where));
  view["environment"] = where.environment;
  json::array others;
  for (const auto& p : mine)
    if (p != where)
      others.push_back({{"name", p.environment}, {"link", urls.to_service(q.service, q.month, p.environment)}});
  view["has_others"] = !others.empty();
  view["others"] = std::move(others);
  view["month"] = name_month(q.month);
  view["month_link"] = urls.to_month(q.month, "");
  view["so_far"] = r.is_so_far ? settings.zone.local_time(frame.now) : "";
  view["is_production"] = is_production;
  auto verdict = verdict_on(judged_of(thresholds));
  if (const auto group = settings.names.group_of(where.environment); !group.empty())
    verdict["headline"] = "Judged with the other environments of " + std::string(group);
  json::array says;
  for (const auto& one : exceeded_among(thresholds)) says.push_back(json::object{{"text", in_words(one.judged)}});
  verdict["exceeded"] = std::move(says);
  verdict["is_grey"] = !flag_at(verdict, "/is_good") && !flag_at(verdict, "/is_bad");
  view["verdict"] = std::move(verdict);
  if (is_production) {
    view["health"] = cards(r, health_headlines(), settings, thresholds);
    view["dora"] = cards(r, dora_headlines(), settings, thresholds);
    view["trend"] = trend_table(r, settings);
  }
  const auto begins = settings.zone.month_begin(q.month - timeline_months + std::chrono::months{1});
  const auto past = read_past(database, where, {"timeline", begins, r.last().end}, settings.names);
  view["timeline"] = timeline_chart(draw(database, past, settings, urls));
  view["timeline_from"] = name_month(settings.zone.month_of(begins));
  view["is_cut"] = past.deployments.size() == most_rows || past.incidents.size() == most_rows;
  const auto tracked = find_tracked(database, places_and_teams(database.places(), settings), settings);
  json::array deployments, incidents, owing;
  for (const auto& d : past.deployments) {
    deployments.push_back(deployment_row(d, settings, urls));
    if (text(d, "kind") != word(deployment_kind::hotfix) || text(d, "state") != word(deployment_state::succeeded))
      continue;
    auto row = hotfix_row(database, d, tracked, settings, frame, urls);
    owing.push_back(std::move(row));
  }
  for (const auto& i : past.incidents) incidents.push_back(incident_row(database, i, settings, urls));
  view["has_deployments"] = !deployments.empty();
  view["deployments"] = std::move(deployments);
  view["has_incidents"] = !incidents.empty();
  view["incidents"] = std::move(incidents);
  view["has_hotfixes"] = !owing.empty();
  view["hotfixes"] = std::move(owing);
  return render_page("service", view);
}

}
