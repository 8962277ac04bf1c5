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

/// A column of a JSON object as text, and as a time the way people read it; empty if there is none.
inline std::string text(const json::value& in, std::string_view column) {
  return text_at(in, '/' + std::string(column));
}
inline std::string time(const json::value& in, std::string_view column) {
  const auto at = time_at(in, '/' + std::string(column));  // PostgreSQL writes it with its own offset
  return at ? format_time(*at) : std::string();
}

/// Prints a figure's value over the asked scopes, and what is behind it. Returns the exit code.
int explain_figure(ledger::reader&, const explain_options&, const figure_settings&);

}
