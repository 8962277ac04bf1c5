#pragma once
// The monthly review for people: one page for a month, one for a service, one for a deployment (interface.md §2). The
// same pages are sent by `report --format html`.
#include <string>

#include "daemon/figures/snapshot.hpp"

namespace releasehealth {

/// Two years of months stand before the one that is looked at.
inline constexpr std::chrono::year_month first_reviewed_month = std::chrono::year{1972} / 1;

struct review_question {
  std::chrono::year_month month{};         ///< from first_reviewed_month to the one of now
  std::string team, service, environment;  ///< empty: all of them
};

/// Where a page is shown.
struct review_frame {
  timestamp now;
  bool is_one_file = false;  ///< it carries its style, and nobody can choose in it
  std::string base = {};     ///< what comes before links to other pages; in one file there are none without it
};

/// The month's page: headline figures against their limits, services by what needs attention, hotfixes, causes.
std::string review_month(ledger::reader&, const review_question&, const figure_settings&, const review_frame&);

/// A service's page: its figures, its timeline, what is left to be done. errc::unknown: there is none of that name.
result<std::string> review_service(ledger::reader&, const review_question&, const figure_settings&,
                                   const review_frame&);

/// Why a deployment is what it is. errc::unknown.
result<std::string> review_deployment(ledger::reader&, const std::string& id, const figure_settings&,
                                      const review_frame&);

/// What figures rest on, by service, and names that do not match (figures.md sections 15, 16).
std::string review_coverage(ledger::reader&, const figure_settings&, const review_frame&);

/// Deliveries of each source by outcome, reasons for rejected ones, and missing setup steps.
std::string review_sources(ledger::reader&, const figure_settings&, const review_frame&);

/// A page that says why there is nothing else to show.
std::string review_problem(unsigned status, const std::string& title, const std::string& detail, const review_frame&);

}
