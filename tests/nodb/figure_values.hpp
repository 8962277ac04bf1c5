#pragma once
// Figures without a database: columns and values as PostgreSQL would count them.
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "daemon/figures/coverage.hpp"
#include "daemon/figures/snapshot.hpp"

namespace releasehealth {

// Columns of the evidence behind figures.
inline std::vector<std::string> evidence_columns() {
  std::vector<std::string> all;
  for (const auto& e : evidence_rules()) {
    for (const auto* some : {&e.known, &e.all, &e.judged_by}) all.insert(all.end(), some->begin(), some->end());
    if (!e.tracked.empty()) all.emplace_back(e.tracked);
  }
  return all;
}

// Every column that a figure needs, with the given values; others are 0, quantiles have no value.
inline std::vector<std::string> all_columns() {
  const figure_settings settings;
  std::vector<std::string> all;
  for (const auto& f : figures()) {
    for (const auto& s : settings.slices_of(f))
      for (const auto& c : s.columns) {
        if (f.looks != shape::quantiles) all.emplace_back(c);
        for (const auto* suffix : {"_n", "_p50", "_p90"})
          if (f.looks == shape::quantiles) all.push_back(std::string(c) + suffix);
      }
    for (const auto& c : f.denominator) all.emplace_back(c);
  }
  for (auto& c : evidence_columns()) all.push_back(std::move(c));
  return all;
}

inline std::vector<double> values_of(const std::map<std::string, double>& given) {
  std::vector<double> all;
  for (const auto& c : all_columns()) {
    const auto known = given.find(c);
    const bool empty = c.ends_with("_p50") || c.ends_with("_p90") || c.starts_with("last_") || c.ends_with("_since");
    all.push_back(known != given.end() ? known->second : empty ? std::numeric_limits<double>::quiet_NaN() : 0);
  }
  return all;
}

}
