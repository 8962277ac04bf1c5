#pragma once
// The pages of the monthly review: month, service, deployment, coverage and sources (interface.md §2). `report --format
// html` writes the month page to a file.
#include <string>

#include "daemon/figures/snapshot.hpp"

namespace releasehealth {

/// The first month with two years of months before it.
inline constexpr std::chrono::year_month first_reviewed_month = std::chrono::year{1972} / 1;

struct review_question {
  std::chrono::year_month month{};         ///< from first_reviewed_month to the current month
  std::string team, service, environment;  ///< empty: all
};

/// How a page is delivered.
struct review_frame {
  timestamp now;
  bool is_one_file = false;  ///< a single file with embedded style and without form
  std::string base = {};     ///< base URL of links to other pages; a single file without it has no links
};

/// The month page: headline figures with their thresholds, services needing attention, hotfixes, root causes.
std::string review_month(ledger::reader&, const review_question&, const figure_settings&, const review_frame&);

/// The page of a service: figures, timeline, follow-ups. Fails with errc::unknown for an unknown service.
result<std::string> review_service(ledger::reader&, const review_question&, const figure_settings&,
                                   const review_frame&);

/// The explanation of a deployment. Fails with errc::unknown for an unknown id.
result<std::string> review_deployment(ledger::reader&, const std::string& id, const figure_settings&,
                                      const review_frame&);

/// Coverage by service, and unmatched names (figures.md sections 15, 16).
std::string review_coverage(ledger::reader&, const figure_settings&, const review_frame&);

/// Deliveries of each source by outcome, reasons for rejected ones, and missing setup steps.
std::string review_sources(ledger::reader&, const figure_settings&, const review_frame&);

/// An error page.
std::string review_problem(unsigned status, const std::string& title, const std::string& detail, const review_frame&);

}
