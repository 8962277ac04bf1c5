// The coverage page: services by evidence, and unmatched names.
#include "daemon/reports/coverage.hpp"

#include <algorithm>
#include <cmath>

#include "collectors/base/text.hpp"
#include "daemon/review/frame.hpp"
#include "daemon/review/page.hpp"

namespace releasehealth {
namespace {

constexpr std::size_t most_covered = 500;

// A share ("60 %") with its CSS class: done, overdue for a gap, none without data.
json::object cell(const covered_evidence& one) {
  if (one.share && one.unknown > 0) {
    const auto known = static_cast<std::size_t>(std::llround(one.share->numerator.value_or(0)));
    return {{"text", std::to_string(known) + " of " + std::to_string(known + one.unknown)},
            {"title", std::to_string(one.unknown) + " services: " + std::string(one.rule->gap)},
            {"class", "overdue"}};
  }
  if (one.share)
    return {{"text", std::to_string(static_cast<int>(std::floor(one.share->value * 100))) + " %"},
            {"title", in_words(one)},
            {"class", one.is_gap() ? "overdue" : "done"}};
  if (one.is_gap()) return {{"text", "unknown"}, {"title", one.rule->gap}, {"class", "overdue"}};
  return {{"text", "–"}, {"title", "no data"}, {"class", "none"}};
}

// The cure of the scope's first gap.
std::string cure_of(const covered_scope& scope) {
  for (const auto& one : scope.evidence)
    if (one.is_gap()) {
      auto cure = std::string(one.rule->name) + ": " + std::string(one.rule->cure);
      std::erase(cure, '`');
      return cure;
    }
  return {};
}

json::array rows_of(const std::vector<covered_scope>& all, const links& urls, std::chrono::year_month month) {
  json::array rows;
  for (const auto& scope : all) {
    if (rows.size() == most_covered) break;
    json::array cells;
    for (const auto& one : scope.evidence) cells.push_back(cell(one));
    const bool is_team = scope.where.service.empty();
    rows.push_back(
        json::object{{"name", is_team ? scope.team : short_name(scope.where)},
                     {"link", is_team ? urls.to_month(month, scope.team) : urls.to_service(scope.where.service, month)},
                     {"cells", std::move(cells)},
                     {"cure", cure_of(scope)}});
  }
  return rows;
}

}

std::string review_coverage(ledger::reader& database, const figure_settings& settings, const review_frame& frame) {
  const links urls{frame};
  const auto this_month = settings.zone.month_of(frame.now);
  const auto r = report_coverage(database, settings, frame.now, true);
  auto view =
      frame_of("Coverage", {.month = this_month, .team = {}, .service = {}, .environment = {}}, frame, settings, {});
  view["can_choose"] = false;
  json::array columns, fleet, unmatched;
  for (const auto& e : evidence_rules())
    columns.push_back(json::object{{"name", e.name}, {"counted", e.counted}, {"needed_by", e.needed_by}});
  for (const auto& one : r.fleet) fleet.push_back(cell(one));
  for (const auto& one : r.unmatched)
    unmatched.push_back(
        json::object{{"name", one.name},
                     {"sources", joined(one.sources)},
                     {"what", one.has_incidents ? "incidents, no deployments" : "deployments, no incidents"},
                     {"similar", joined(one.similar)}});
  view["columns"] = std::move(columns);
  view["fleet"] = std::move(fleet);
  view["services"] = rows_of(r.services, urls, this_month);
  view["has_services"] = !r.services.empty();
  view["more"] = r.services.size() > most_covered ? std::to_string(r.services.size() - most_covered) : "";
  view["teams"] = rows_of(r.teams, urls, this_month);
  view["has_unmatched"] = !r.unmatched.empty();
  view["unmatched"] = std::move(unmatched);
  view["proposal"] = r.proposal;
  return render_page("coverage", view);
}

}
