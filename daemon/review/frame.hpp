#pragma once
// Shared by all pages: links, the choice of month and team, and the rows of lists.
#include "daemon/review/months.hpp"

namespace releasehealth {

/// Links of a page; empty in a single file without a base URL.
struct links {
  const review_frame& frame;
  /// An empty environment selects the first one in production.
  std::string to_service(const std::string& service, std::chrono::year_month,
                         const std::string& environment = {}) const;
  std::string to_deployment(const std::string& id) const;
  std::string to_month(std::chrono::year_month, const std::string& team) const;
  std::string to(const std::string& path_and_query) const;
};

/// The part of the view that all pages share: title, style, choice of month and team, time of generation.
json::object frame_of(const std::string& title, const review_question&, const review_frame&, const figure_settings&,
                      const std::set<std::string>& teams);

/// The URL if it is http or https, else empty: a sender's `javascript:` URL must not become a link.
std::string outward(const std::string& url);

/// The view of a row of schema/lists/deployments.sql for tables.
json::object deployment_row(const json::object&, const figure_settings&, const links&);
/// A hotfix with its follow-ups.
json::object hotfix_row(ledger::reader&, const json::object&, const tracked_follow_ups&, const figure_settings&,
                        const review_frame&, const links&);
json::object incident_row(ledger::reader&, const json::object&, const figure_settings&, const links&);

/// Hotfixes by root cause, as bars with the prevention of each cause.
json::array causes_of(const reviewed&, const figure_settings&);
/// Median recovery time by first remediation, as bars.
json::array recovery_of(const reviewed&, const figure_settings&);

}
