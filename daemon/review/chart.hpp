#pragma once
// Charts as plain values: positions in a picture of a fixed size, which the templates draw as SVG. Pictures need no
// script, so that they work in mail and in print, too. `label` is the text for screen readers.
#include <optional>
#include <string>
#include <vector>

#include "collectors/base/json.hpp"
#include "collectors/base/time.hpp"

namespace releasehealth {

struct chart_point {
  std::string name;             ///< the month
  std::optional<double> value;  ///< empty: drawn as a gap, not as zero
  std::string text;             ///< the formatted value
  bool partial = false;         ///< the month is incomplete, or its data is
};

/// A column for each point, of which the last is the page's month, and a line at the threshold, if any.
json::object column_chart(const std::string& title, const std::vector<chart_point>&, std::optional<double> threshold);

/// The length of a bar in percent of the largest; at least 1 for positive values.
std::int64_t bar_length(double value, double largest);

/// An interval on a timeline: a live version or an incident.
struct timeline_stretch {
  std::string name, title, kind, path;
  timestamp begin, end;
};
struct timeline_mark {
  std::string title, kind, path, id;
  timestamp at;
};
struct timeline {
  timestamp begin, end;
  std::vector<timeline_stretch> live, incidents;
  std::vector<timeline_mark> deployments;
  std::vector<std::pair<std::size_t, std::string>> blame;  ///< index of the incident, id of its attributed change
  std::vector<std::pair<timestamp, std::string>> ticks;
};
json::object timeline_chart(const timeline&);

}
