#pragma once
// What all pages have in common: links, the choice of month and team, how rows of the lists read.
#include "daemon/review/months.hpp"

namespace releasehealth {

/// Links of a page; empty where there is nothing to link to.
struct links {
  const review_frame& frame;
  /// `environment`: empty: the first one in production.
  std::string to_service(const std::string& service, std::chrono::year_month,
                         const std::string& environment = {}) const;
  std::string to_deployment(const std::string& id) const;
  std::string to_month(std::chrono::year_month, const std::string& team) const;
  std::string to(const std::string& path_and_query) const;
};

/// The page's view as far as it is the same everywhere: title, style, choice of month and team, when it was made.
json::object frame_of(const std::string& title, const review_question&, const review_frame&, const figure_settings&,
                      const std::set<std::string>& teams);

/// Only http and https lead out of a page: a sender's `javascript:` must not.
std::string outward(const std::string& url);

/// What happened to the deployment of a row of schema/lists/deployments.sql, for tables.
json::object deployment_row(const json::object&, const figure_settings&, const links&);
/// A hotfix with its follow-ups.
json::object hotfix_row(ledger::reader&, const json::object&, const tracked_follow_ups&, const figure_settings&,
                        const review_frame&, const links&);
json::object incident_row(ledger::reader&, const json::object&, const figure_settings&, const links&);

/// The figure by cause, as bars with what prevents each.
json::array causes_of(const reviewed&, const figure_settings&);
/// Recovery by the first remedy, as bars.
json::array recovery_of(const reviewed&, const figure_settings&);

}
