#pragma once
// What is known and what is missing (figures.md sections 15, 16), for the API, the page and `doctor`.
#include "daemon/discover/proposal.hpp"
#include "daemon/discover/unmatched.hpp"
#include "daemon/figures/coverage.hpp"
#include "daemon/figures/snapshot.hpp"

namespace releasehealth {

/// How much there is of a kind of evidence in one scope; no share: there is nothing to count.
struct covered_evidence {
  const evidence_rule* of = nullptr;
  std::optional<figure_value> share;

  /// Less than enough of it is known; of incidents also if nobody can know any.
  bool is_gap() const;
};

/// Every kind of evidence of a scope, in the order of evidence_rules().
std::vector<covered_evidence> coverage_of(const scope_figures&, const snapshot&);
/// What a figure of that scope rests on too little of. `of_one`: of one service, which a source of incidents may not
/// know; of several it is no gap (figures.md section 16).
std::vector<covered_evidence> gaps_of(const figure&, const scope_figures&, const snapshot&, bool of_one);
/// "60.0 % of deployments (6 of 10)"; "none" where nothing is known.
std::string in_words(const covered_evidence&);

struct covered_scope {
  place where;  ///< of a team without a service
  std::string team;
  std::vector<covered_evidence> evidence;
  std::size_t gaps() const;
};

struct coverage_report {
  std::vector<covered_evidence> fleet;
  std::vector<covered_scope> services, teams;  ///< production, those with most gaps first
  std::vector<discover::unmatched_name> unmatched;
  std::string proposal;                ///< tables to paste; empty: none is proposed
  std::vector<std::string> additions;  ///< lines for tables that are there already
};
/// How many names do not match now.
std::size_t count_unmatched_names(ledger::reader&, const figure_settings&, timestamp now);
/// `propose`: what would match the unmatched names, which takes a look at all names.
coverage_report report_coverage(ledger::reader&, const figure_settings&, timestamp now, bool propose);
json::object as_json(const coverage_report&, timestamp now);

/// What the names in the ledger propose.
void propose_from_ledger(ledger::reader&, const discover::configured_names&, timestamp now, discover::proposals& into);

}
