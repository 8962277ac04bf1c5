#pragma once
// The populations that the statements of schema/figures count, and how each statement is run.
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "daemon/figures/snapshot.hpp"

namespace releasehealth {

struct question_over_periods {
  ledger::reader& database;
  const std::vector<period>& periods;
  const std::vector<ledger::scope>& scopes;
  const figure_settings& settings;
  const std::map<std::string, std::set<std::string>>& services_of;  ///< by crew
};

struct question_now {
  ledger::reader& database;
  const std::vector<ledger::scope>& scopes;
  const figure_settings& settings;
  timestamp now;
};

/// What a statement counts. For a group of environments, deployments are counted from the group's own rows, incidents
/// and work from its members' rows.
enum class counts { deployments, incidents_or_work };

/// Run a statement over periods and scopes; each function fills the parameters of one kind of statement.
ledger::population count_by_period(std::string_view statement, const question_over_periods&);
ledger::population count_with_target(std::string_view statement, const question_over_periods&);
ledger::population count_by_key(std::string_view statement, const question_over_periods&);
ledger::population count_work(std::string_view statement, const question_over_periods&);
/// Run a statement for one instant.
ledger::population count_at_instant(std::string_view statement, const question_now&);
ledger::population count_tracked(std::string_view statement, const question_now&);
ledger::population count_rising_months(std::string_view statement, const question_now&);

/// A row of the population tables: a statement of schema/figures and the function that runs it.
struct population_over_periods {
  std::string_view statement;
  ledger::population (*ask)(std::string_view statement, const question_over_periods&) = count_by_period;
  counts what = counts::deployments;
};
struct population_now {
  std::string_view statement;
  ledger::population (*ask)(std::string_view statement, const question_now&) = count_at_instant;
  counts what = counts::deployments;
};

/// The tables, in the order of the figures' columns. Only the first row of each also applies outside production.
std::span<const population_over_periods> populations();
std::span<const population_now> populations_now();

}
