#include "daemon/review/chart.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace releasehealth {
namespace {

std::string number(double value) {
  char out[32];
  (void)std::snprintf(out, sizeof out, "%.1f", value);
  return out;
}

constexpr double chart_width = 240, chart_height = 48, gap = 2, least = 1.5;

// Overlapping incidents are drawn in separate rows, in as few as possible, at most max_rows.
constexpr std::size_t max_rows = 6;
std::vector<std::size_t> rows_of(const std::vector<timeline_stretch>& all) {
  std::vector<std::size_t> rows;
  std::vector<timestamp> ends;
  for (const auto& s : all) {
    std::size_t row = 0;
    while (row < ends.size() && ends[row] > s.begin) ++row;
    if (row == max_rows) row = max_rows - 1;
    if (row == ends.size()) ends.emplace_back();
    ends[row] = std::max(ends[row], s.end);
    rows.push_back(row);
  }
  return rows;
}

}

json::object column_chart(const std::string& title, const std::vector<chart_point>& points,
                          std::optional<double> threshold) {
  double largest = threshold.value_or(0);
  for (const auto& p : points) largest = std::max(largest, p.value.value_or(0));
  if (largest <= 0) largest = 1;
  const auto step = chart_width / static_cast<double>(std::max<std::size_t>(points.size(), 1));
  const auto height = [&](double value) { return value / largest * (chart_height - 2); };
  json::array columns;
  const chart_point *first = nullptr, *last = nullptr, *highest = nullptr;
  for (std::size_t n = 0; n < points.size(); ++n) {
    const auto& p = points[n];
    if (!p.value) continue;
    const auto h = std::max(height(*p.value), least);
    columns.push_back({{"x", number(static_cast<double>(n) * step + gap / 2)},
                       {"y", number(chart_height - h)},
                       {"w", number(step - gap)},
                       {"h", number(h)},
                       {"is_last", n + 1 == points.size()},
                       {"partial", p.partial},
                       {"title", p.name + ": " + p.text + (p.partial ? " (partial)" : "")}});
    if (!first) first = &p;
    if (!highest || *p.value > *highest->value) highest = &p;
    last = &p;
  }
  json::object out = {{"label", last ? title + " by month, " + first->name + " to " + last->name + ": " + last->text +
                                           " in the last month, maximum " + highest->text + " in " + highest->name
                                     : title + ": no data"},
                      {"columns", std::move(columns)},
                      {"has_threshold", threshold && last},
                      {"threshold_y", threshold ? number(chart_height - height(*threshold)) : ""}};
  return out;
}

std::int64_t bar_length(double value, double largest) {
  if (value <= 0 || largest <= 0) return 0;
  return std::max<std::int64_t>(1, std::llround(value / largest * 100));
}

json::object timeline_chart(const timeline& t) {
  constexpr double width = 1000, live_y = 22, live_h = 20, mark_y = 62, incident_y = 84, row_h = 14, letter = 7;
  const auto span = in_seconds(t.end - t.begin);
  const auto x = [&](timestamp instant) {
    const auto from_begin = in_seconds(std::clamp(instant, t.begin, t.end) - t.begin);
    return span > 0 ? from_begin / span * width : 0;
  };
  json::array live, incidents, marks, blame, ticks;
  for (const auto& s : t.live) {
    const auto w = std::max(x(s.end) - x(s.begin), 1.0);
    const bool fits = static_cast<double>(s.name.size()) * letter < w;
    live.push_back({{"x", number(x(s.begin))},
                    {"w", number(w)},
                    {"text_x", number(x(s.begin) + 4)},
                    {"name", fits ? s.name : ""},
                    {"title", s.title},
                    {"kind", s.kind}});
  }
  const auto rows = rows_of(t.incidents);
  std::size_t row_count = 1;
  for (std::size_t n = 0; n < t.incidents.size(); ++n) {
    const auto& s = t.incidents[n];
    row_count = std::max(row_count, rows[n] + 1);
    incidents.push_back({{"x", number(x(s.begin))},
                         {"w", number(std::max(x(s.end) - x(s.begin), 3.0))},
                         {"y", number(incident_y + static_cast<double>(rows[n]) * row_h)},
                         {"title", s.title},
                         {"kind", s.kind}});
  }
  for (const auto& m : t.deployments)
    marks.push_back({{"x", number(x(m.at))}, {"title", m.title}, {"kind", m.kind}, {"path", m.path}});
  for (const auto& [n, id] : t.blame) {
    const auto found = std::ranges::find(t.deployments, id, &timeline_mark::id);
    if (found == t.deployments.end()) continue;
    blame.push_back({{"x1", number(x(t.incidents[n].begin))},
                     {"y1", number(incident_y + static_cast<double>(rows[n]) * row_h)},
                     {"x2", number(x(found->at))},
                     {"y2", number(mark_y + 6)}});
  }
  for (const auto& [instant, name] : t.ticks) {
    const bool is_near_end = x(instant) > width - static_cast<double>(name.size()) * letter;
    ticks.push_back({{"x", number(x(instant))}, {"name", is_near_end ? "" : name}});
  }
  const auto height = incident_y + static_cast<double>(row_count) * row_h + 4;
  return {{"height", number(height)},
          {"live", std::move(live)},
          {"live_y", number(live_y)},
          {"live_h", number(live_h)},
          {"live_text_y", number(live_y + live_h - 6)},
          {"mark_y", number(mark_y)},
          {"marks", std::move(marks)},
          {"incidents", std::move(incidents)},
          {"blame", std::move(blame)},
          {"ticks", std::move(ticks)}};
}

}
