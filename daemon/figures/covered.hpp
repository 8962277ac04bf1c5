#pragma once
// The part of a period that data covers: a frequency divides by its days, and a month without data has no value.
#include "daemon/figures/snapshot.hpp"

namespace releasehealth {

/// Sets `since` of each production target and team to the finish of its first deployment, where coverage begins.
void find_since(ledger::reader&, snapshot&, const naming&);
/// The part of a period that data covers; at least its last day.
period covered_part(const period&, const scope_figures&);
/// Whether a scope has data: the period ends after its first deployment, or at least one value is positive.
bool has_data(const scope_figures&, const period&);

}
