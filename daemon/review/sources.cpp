// The sources page.
#include "daemon/reports/sources.hpp"

#include <algorithm>

#include "daemon/reports/coverage.hpp"
#include "daemon/review/frame.hpp"
#include "daemon/review/page.hpp"

namespace releasehealth {
namespace {

constexpr double picture_width = 240, picture_height = 48;

/// A column for each day: accepted deliveries, with rejected and ignored ones stacked above.
json::object days_chart(const source_report& s) {
  std::int64_t largest = 1;
  const auto sum = [](const day_of_source& d, bool taken) {
    std::int64_t n = 0;
    for (const auto& [outcome, count] : d.by_outcome)
      if (is_taken(outcome) == taken) n += count;
    return n;
  };
  for (const auto& d : s.days) largest = std::max(largest, sum(d, true) + sum(d, false));
  const auto width = picture_width / static_cast<double>(std::max<std::size_t>(s.days.size(), 1));
  json::array columns;
  for (std::size_t n = 0; n < s.days.size(); ++n) {
    const auto taken = sum(s.days[n], true), left = sum(s.days[n], false);
    const auto height = [&](std::int64_t count) {
      return count == 0 ? 0.0
                        : std::max(1.0, picture_height * static_cast<double>(count) / static_cast<double>(largest));
    };
    const auto x = width * static_cast<double>(n);
    const auto text =
        s.days[n].day + ": " + std::to_string(taken) + " accepted, " + std::to_string(left) + " rejected or ignored";
    columns.push_back(json::object{{"x", x},
                                   {"w", width * 0.8},
                                   {"y", picture_height - height(taken)},
                                   {"h", height(taken)},
                                   {"left_y", picture_height - height(taken) - height(left)},
                                   {"left_h", height(left)},
                                   {"title", text}});
  }
  return {{"columns", std::move(columns)}, {"label", "Deliveries of " + s.name + " per day over 30 days"}};
}

std::string counts_in_words(const std::map<std::string, std::int64_t>& counts) {
  std::string text;
  for (const auto& [outcome, count] : counts)
    if (count > 0) text += (text.empty() ? "" : ", ") + std::to_string(count) + ' ' + outcome;
  return text.empty() ? "none" : text;
}

std::string counted(std::int64_t n, const std::string& one, const std::string& several) {
  return std::to_string(n) + ' ' + (n == 1 ? one : several);
}

std::string findings_of(const sync_of_source& sync) {
  auto text = counted(sync.events, "event", "events") + ", " + counted(sync.unreported, "thing", "things") +
              " that no webhook had reported (" + std::to_string(sync.unreported_30_days) + " in 30 days)";
  if (sync.failures > 0) text += "; " + counted(sync.failures, "list", "lists") + " could not be read: " + sync.failure;
  return text;
}

json::object row_of(const source_report& s, const figure_settings& settings, const links& urls) {
  json::array setup, reasons;
  for (const auto& one : s.setup)
    setup.push_back(
        json::object{{"what", one.step->what}, {"needed_by", one.step->needed_by}, {"is_done", one.is_done}});
  for (const auto& r : s.reasons) {
    const auto instant = parse_time(r.at);
    reasons.push_back(json::object{
        {"when", instant ? settings.zone.local_time(*instant) : r.at}, {"outcome", r.outcome}, {"reason", r.reason}});
  }
  return {{"name", s.name},
          {"kind", s.kind == s.name ? "" : s.kind},
          {"last", s.last_at ? settings.zone.local_time(*s.last_at) : ""},
          {"is_silent", s.is_silent},
          {"arrives_by", s.arrives_by()},
          {"has_sync", s.sync.has_value()},
          {"sync_at", s.sync && s.sync->ended_at ? settings.zone.local_time(*s.sync->ended_at) : ""},
          {"sync", s.sync ? findings_of(*s.sync) : ""},
          {"sync_failed", s.sync && s.sync->failures > 0},
          {"last_day", counts_in_words(s.total(1))},
          {"last_days", counts_in_words(s.total(s.days.size()))},
          {"chart", days_chart(s)},
          {"setup", std::move(setup)},
          {"unmatched", s.unmatched.empty() ? "" : in_words(s.unmatched)},
          {"coverage", urls.to("/coverage")},
          {"has_setup", !s.setup.empty()},
          {"has_reasons", !reasons.empty()},
          {"reasons", std::move(reasons)}};
}

}

std::string review_sources(ledger::reader& database, const figure_settings& settings, const review_frame& frame) {
  const auto all = report_sources(database, settings, frame.now);
  auto view =
      frame_of("Sources", {.month = settings.zone.month_of(frame.now), .team = {}, .service = {}, .environment = {}},
               frame, settings, {});
  view["can_choose"] = false;
  const links urls{frame};
  json::array rows;
  for (const auto& s : all) rows.push_back(row_of(s, settings, urls));
  view["has_sources"] = !rows.empty();
  view["sources"] = std::move(rows);
  return render_page("sources", view);
}

}
