#pragma once
// Coverage and unmatched names (figures.md sections 15, 16), for the API, the page and `doctor`.
#include "daemon/discover/proposal.hpp"
#include "daemon/discover/unmatched.hpp"
#include "daemon/figures/coverage.hpp"
#include "daemon/figures/snapshot.hpp"

namespace releasehealth {

/// How much there is of a kind of evidence in one scope; no share: there is nothing to count.
struct covered_evidence {
  const evidence_rule* of = nullptr;
  std::optional<figure_value> share;
  std::size_t unknown = 0;  ///< of a team or the fleet: services that are left out of the share, as it may be anything

  /// Less than 90 % is known; for incidents if no source can report any of a service, or of all services of a scope.
  bool is_gap() const;
};

/// Every kind of evidence of a scope, in the order of evidence_rules().
std::vector<covered_evidence> coverage_of(const scope_figures&, const snapshot&);
/// The evidence of which a figure of that scope has too little.
std::vector<covered_evidence> gaps_of(const figure&, const scope_figures&, const snapshot&);
/// "60.0 % of deployments (6 of 10)"; "none" where nothing is known.
std::string in_words(const covered_evidence&);

struct covered_scope {
  place where;  ///< empty for a team
  std::string team;
  std::vector<covered_evidence> evidence;
  std::size_t gaps() const;
};

/// Services in production that were deployed and are not retired, by name.
std::vector<covered_scope> covered_services(const snapshot&, const figure_settings&);

struct coverage_report {
  std::vector<covered_evidence> fleet;
  std::vector<covered_scope> services, teams;  ///< those with most gaps first
  std::vector<discover::unmatched_name> unmatched;
  std::string proposal;                ///< tables to paste; empty: none is proposed
  std::vector<std::string> additions;  ///< lines for tables that are there already
};
/// Names of the last 90 days that match no service, by name.
std::vector<discover::unmatched_name> unmatched_names(ledger::reader&, const figure_settings&, timestamp now);
/// "2 names match no service: cart-eu, Checkout API": at most three names.
std::string in_words(const std::vector<std::string>& unmatched);
/// `propose`: what would match the unmatched names, which takes a look at all names.
coverage_report report_coverage(ledger::reader&, const figure_settings&, timestamp now, bool propose);
json::object as_json(const coverage_report&, timestamp now);

/// Proposals from the names in the ledger.
void propose_from_ledger(ledger::reader&, const discover::configured_names&, timestamp now, discover::proposals& into);

}
