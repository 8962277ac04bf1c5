#pragma once
// What `explain` is asked, shared by its parts.
#include <string>
#include <vector>

#include "daemon/figures/snapshot.hpp"

namespace releasehealth {

struct explain_options {
  std::string what, name;
  std::vector<std::string> labels;
  std::string service, environment, team, period = "30d";
};

/// Prints a figure's value over the asked scopes, and what is behind it. Returns the exit code.
int explain_figure(ledger::reader&, const explain_options&, const figure_settings&);

}
