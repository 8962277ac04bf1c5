#pragma once
// Coverage and unmatched names (figures.md sections 15, 16), for the API, the page and `doctor`.
#include "daemon/discover/proposal.hpp"
#include "daemon/discover/unmatched.hpp"
#include "daemon/figures/coverage.hpp"
#include "daemon/figures/snapshot.hpp"

namespace releasehealth {

/// The coverage of one kind of evidence in one scope; an empty share: there is nothing to count.
struct covered_evidence {
  const evidence_rule* rule = nullptr;
  std::optional<figure_value> share;
  std::size_t unknown = 0;  ///< for a team or the fleet: services without data, which the share excludes

  /// Whether coverage is below 90 %. For incidents: whether no incident source knows the service, or any service of the
  /// scope.
  bool is_gap() const;
};

/// Every kind of evidence of a scope, in the order of evidence_rules().
std::vector<covered_evidence> coverage_of(const scope_figures&, const snapshot&);
/// The evidence with gaps that the figure needs in that scope.
std::vector<covered_evidence> gaps_of(const figure&, const scope_figures&, const snapshot&);
/// "60 % of deployments (6 of 10)"; "none" without a share.
std::string in_words(const covered_evidence&);

struct covered_scope {
  place where;  ///< empty for a team
  std::string team;
  std::vector<covered_evidence> evidence;
  std::size_t gaps() const;
};

/// Deployed services in production that are not retired, ordered by name.
std::vector<covered_scope> covered_services(const snapshot&, const figure_settings&);

struct coverage_report {
  std::vector<covered_evidence> fleet;
  std::vector<covered_scope> services, teams;  ///< in descending order of gaps
  std::vector<discover::unmatched_name> unmatched;
  std::string proposal;  ///< tables for the configuration, and lines for existing ones; empty: none
};
std::vector<std::string> names_of(std::span<const discover::unmatched_name>);
/// "2 names match no service: cart-eu, Checkout API"; lists at most three names.
std::string in_words(const std::vector<std::string>& unmatched);
/// `propose`: also propose aliases for unmatched names, which reads all names.
coverage_report report_coverage(ledger::reader&, const figure_settings&, timestamp now, bool propose);
json::object as_json(const coverage_report&, timestamp now);

/// The names, teams and sources of the settings, as `discover` compares them; without files and lines.
discover::configured_names configured_names_of(const figure_settings&);
/// Adds proposals from the names in the ledger.
void propose_from_ledger(ledger::reader&, const discover::configured_names&, timestamp now,
                         discover::proposals& proposed);

}
