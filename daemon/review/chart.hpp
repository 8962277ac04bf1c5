#pragma once
// Charts as plain values: positions in a picture of a fixed size, which the templates draw as SVG. A picture needs no
// script, so that it is in a mail and on paper, too. What a screen reader says of it is its `label`.
#include <optional>
#include <string>
#include <vector>

#include "collectors/base/json.hpp"
#include "collectors/base/time.hpp"

namespace releasehealth {

struct chart_point {
  std::string name;             ///< of the month
  std::optional<double> value;  ///< nothing: a gap, not a zero
  std::string text;             ///< the value as people read it
  bool partial = false;         ///< data, or the month itself, does not cover it whole
};

/// A column for each point, the last one the month that is looked at; a line at the limit if there is one.
json::object column_chart(const std::string& title, const std::vector<chart_point>&, std::optional<double> limit);

/// The length of a bar in percent of the largest; at least 1 for what is more than nothing.
std::int64_t bar_length(double value, double largest);

/// A stretch on a timeline: what is live, or an incident.
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
  std::vector<std::pair<std::size_t, std::string>> blame;  ///< an incident's number and the deployment's id
  std::vector<std::pair<timestamp, std::string>> ticks;
};
json::object timeline_chart(const timeline&);

}
