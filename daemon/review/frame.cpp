#include "daemon/review/frame.hpp"

#include <algorithm>

#include "collectors/base/form.hpp"
#include "collectors/words.hpp"
#include "daemon/explain/explanation.hpp"
#include "daemon/figures/readable.hpp"
#include "daemon/review/chart.hpp"
#include "daemon/review/page.hpp"

namespace releasehealth {
namespace {

using std::chrono::months;

std::string local(const json::object& row, std::string_view column, const figure_settings& settings) {
  const auto instant = time_at(row, '/' + std::string(column));
  return instant ? settings.zone.local_time(*instant) : std::string();
}

json::array month_choices(const review_question& q, const review_frame& frame, const figure_settings& settings) {
  json::array all;
  const auto now = settings.zone.month_of(frame.now);
  for (int back = 0; back < reviewed_months; ++back) {
    const auto m = now - months{back};
    all.push_back({{"id", format_month(m)}, {"name", name_month(m)}, {"chosen", m == q.month}});
  }
  if (q.month < now - months{reviewed_months - 1})
    all.push_back({{"id", format_month(q.month)}, {"name", name_month(q.month)}, {"chosen", true}});
  return all;
}

// The state of a hotfix's follow-up: done, not needed, not tracked, due or overdue.
json::object follow_up(const std::string& done, bool is_owed, bool is_tracked, std::optional<timestamp> due,
                       const review_frame& frame, const figure_settings& settings, std::string_view word) {
  if (!done.empty()) return {{"text", std::string(word)}, {"class", "done"}};
  if (!is_owed) return {{"text", "not needed"}, {"class", "none"}};
  if (!is_tracked) return {{"text", "not tracked"}, {"class", "none"}};
  if (due && *due < frame.now)
    return {{"text", readable_duration(in_seconds(frame.now - *due)) + " overdue"}, {"class", "overdue"}};
  return {{"text", due ? "due " + settings.zone.local_time(*due).substr(0, 10) : "open"}, {"class", "due"}};
}

}

std::string links::to(const std::string& path_and_query) const {
  return frame.is_one_file && frame.base.empty() ? std::string() : frame.base + path_and_query;
}
std::string links::to_service(const std::string& service, std::chrono::year_month when,
                              const std::string& environment) const {
  return to("/services/" + encode_part(service) + "?month=" + format_month(when) +
            (environment.empty() ? "" : "&environment=" + encode_part(environment)));
}
std::string links::to_deployment(const std::string& id) const { return to("/deployments/" + encode_part(id)); }
std::string links::to_month(std::chrono::year_month when, const std::string& team) const {
  return to("/months/" + format_month(when) + (team.empty() ? "" : "?team=" + encode_part(team)));
}

namespace {

json::array other_pages(const links& urls) {
  json::array all;
  for (const auto& [name, path] : {std::pair("Coverage", "/coverage"), {"Sources", "/sources"}})
    all.push_back(json::object{{"name", name}, {"link", urls.to(path)}});
  return all;
}

}

json::object frame_of(const std::string& title, const review_question& q, const review_frame& frame,
                      const figure_settings& settings, const std::set<std::string>& teams) {
  const links urls{frame};
  json::array choices;
  for (const auto& name : teams) choices.push_back({{"name", name}, {"chosen", name == q.team}});
  const auto this_month = settings.zone.month_of(frame.now);
  const bool has_next = q.month < this_month;
  return {{"page_title", title},
          {"style", frame.is_one_file ? style_sheet() : std::string_view()},
          {"can_choose", !frame.is_one_file},
          {"has_links", !frame.is_one_file},
          {"home", urls.to("/")},
          {"pages", frame.is_one_file ? json::array() : other_pages(urls)},
          {"action", q.service.empty() ? "/" : "/services/" + encode_part(q.service)},
          {"keep_environment", q.environment},
          {"months", month_choices(q, frame, settings)},
          {"has_teams", !teams.empty()},
          {"teams", std::move(choices)},
          {"previous", urls.to_month(q.month - months{1}, q.team)},
          {"previous_name", name_month(q.month - months{1})},
          {"next", has_next ? urls.to_month(q.month + months{1}, q.team) : ""},
          {"next_name", name_month(q.month + months{1})},
          {"made_at", settings.zone.local_time(frame.now)},
          {"zone", settings.zone.zone_name()},
          {"of_all", q.service.empty()},  // tables name the service of each row
          {"version", RELEASEHEALTH_VERSION},
          {"bands", about_bands}};
}

std::string outward(const std::string& url) {
  return url.starts_with("https://") || url.starts_with("http://") ? url : std::string();
}

namespace {

// A failed attempt is "deployment failed"; other texts describe a change that failed later.
std::string outcome_of(const json::object& d) {
  const auto state = text(d, "state"), remediation = text(d, "first_remedy");
  if (!text(d, "rolled_back_by").empty()) return "rolled back";
  if (flag_at(d, "/failed"))
    return remediation == word(way::rollback) ? "rolled back"
           : remediation == word(way::hotfix) ? "hotfixed"
           : text(d, "issue_at").empty()      ? "failed change"  // amended by hand
                                              : "caused an incident";
  if (state == word(deployment_state::failed)) return "deployment failed";
  return state == word(deployment_state::succeeded) ? "" : state;
}

std::string cause_in_words(std::string_view name) { return sentence_case(figure_in_words(name)); }

}

json::object deployment_row(const json::object& d, const figure_settings& settings, const links& urls) {
  const auto kind = text(d, "kind"), id = text(d, "id");
  return {{"at", text(d, "at")},
          {"when", local(d, "at", settings)},
          {"service", text(d, "service")},
          {"service_link", urls.to_service(text(d, "service"), settings.zone.month_of(*time_at(d, "/at")))},
          {"environment", text(d, "environment")},
          {"kind", kind.empty() ? "–" : kind},
          {"name", text(d, "version").empty() ? text(d, "subject") : text(d, "version")},
          {"what", text(d, "title")},
          {"link", urls.to_deployment(id)},
          {"source_link", outward(text(d, "url"))},
          {"failed", flag_at(d, "/failed")},
          {"outcome", outcome_of(d)},
          {"remedy", text(d, "first_remedy")}};
}

json::object hotfix_row(ledger::reader& database, const json::object& d, const tracked_follow_ups& tracked,
                        const figure_settings& settings, const review_frame& frame, const links& urls) {
  auto row = deployment_row(d, settings, urls);
  const auto finished = time_at(d, "/finished_at");
  const auto answered = text(d, "remedies"), incident = text(d, "incident");
  row["cause"] = text(d, "cause").empty() ? "–" : cause_in_words(text(d, "cause"));
  row["answers"] = !answered.empty()   ? name_of_deployment(database, answered)
                   : !incident.empty() ? "incident " + incident
                                       : std::string();
  row["answers_link"] = answered.empty() ? "" : urls.to_deployment(answered);
  row["why"] = text(d, "justification");
  const bool is_recent = finished && *finished + settings.follow_up_horizon >= frame.now;
  const auto due = [&](duration allowed) { return finished ? std::optional(*finished + allowed) : std::nullopt; };
  const auto service = text(d, "service");
  const bool tracks_merge =
      finished && tracked.tracks_merge(service, time_at(d, "/merges_reported_since"), *finished, frame.now, settings);
  const bool tracks_review = finished && tracked.tracks_review(service, *finished, frame.now, settings);
  row["merge"] =
      follow_up(text(d, "merged_back_at"), is_recent && flag_at(d, "/owes_merge") && text(d, "rolled_back_by").empty(),
                tracks_merge, due(settings.merge_back_due), frame, settings, "merged back");
  row["review"] =
      follow_up(text(d, "review_held_at"), is_recent, tracks_review, due(settings.review_due), frame, settings, "held");
  return row;
}

json::object incident_row(ledger::reader& database, const json::object& i, const figure_settings& settings,
                          const links& urls) {
  const auto started = time_at(i, "/started_at"), restored = time_at(i, "/restored_at");
  const auto blamed = text(i, "blamed");
  return {{"at", text(i, "started_at")},
          {"when", local(i, "started_at", settings)},
          {"name", text(i, "subject")},
          {"what", text(i, "title")},
          {"severity", text(i, "severity")},
          {"source_link", outward(text(i, "url"))},
          {"took", started && restored ? readable_duration(in_seconds(*restored - *started)) : ""},
          {"is_open", !restored},
          {"blames", blamed.empty() ? std::string() : name_of_deployment(database, blamed)},
          {"blames_link", blamed.empty() ? "" : urls.to_deployment(blamed)},
          {"reason", figure_in_words(text(i, "reason"))}};
}

json::array causes_of(const reviewed& r, const figure_settings& settings) {
  const auto& f = *find_figure(by_cause);
  std::vector<std::pair<double, std::string>> counted;
  const auto values = r.together.together.values.find(r.last().label);
  if (values == r.together.together.values.end()) return {};
  double largest = 0;
  for (const auto& part : settings.slices_of(f)) {
    const auto v = evaluate(f, part, {r.together.columns, values->second, r.last()});
    if (!v || v->value <= 0) continue;
    counted.emplace_back(-v->value, part.value);
    largest = std::max(largest, v->value);
  }
  std::ranges::sort(counted);
  json::array all;
  for (const auto& [count, name] : counted)
    all.push_back({{"name", cause_in_words(name)},
                   {"count", readable(f, -count)},
                   {"length", bar_length(-count, largest)},
                   {"prevention", prevention_of(name)}});
  return all;
}

json::array recovery_of(const reviewed& r, const figure_settings& settings) {
  const auto& f = *find_figure("recovery_by_remedy_seconds");
  const auto values = r.together.together.values.find(r.last().label);
  if (values == r.together.together.values.end()) return {};
  json::array all;
  std::vector<std::pair<std::string, figure_value>> measured_ones;
  double largest = 0;
  for (const auto& part : settings.slices_of(f)) {
    const auto v = evaluate(f, part, {r.together.columns, values->second, r.last()}, &quantiles[0]);
    if (!v) continue;
    largest = std::max(largest, v->value);
    measured_ones.emplace_back(part.value == "none" ? "no remediation" : part.value, *v);
  }
  for (const auto& [name, v] : measured_ones)
    all.push_back({{"name", name},
                   {"count", readable(*find_figure("changes"), v.observations.value_or(0)) +
                                 (v.observations.value_or(0) == 1 ? " failed change" : " failed changes")},
                   {"median", readable(f, v.value)},
                   {"length", bar_length(v.value, largest)}});
  return all;
}

}
