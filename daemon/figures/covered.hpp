#pragma once
// Which part of a period data covers: a frequency divides by its days, and a month without data has no value.
#include "daemon/figures/snapshot.hpp"

namespace releasehealth {

/// When the first deployment of each production place, and of each team, finished: from then on data covers a period.
void find_since(ledger::reader&, snapshot&, const naming&);
/// The part of a period that data covers; at least its last day.
period covered_part(const period&, const scope_figures&);
/// Whether anything is known of a scope in that period: a month before its first deployment and without anything else
/// has no data.
bool has_data(const scope_figures&, const period&);

}
