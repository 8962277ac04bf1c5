#pragma once
// Past values of the gauges as OpenMetrics with timestamps, for `promtool tsdb create-blocks-from openmetrics`: the
// page of /metrics at each instant, computed from all events known today (interface.md §1).
#include <cstdint>
#include <iosfwd>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/base/time.hpp"

namespace releasehealth {

class backfill {
 public:
  /// `target_labels`: the labels that a scrape adds to every series, like `job`, so that backfilled and scraped samples
  /// belong to the same series. A label with an empty value is omitted.
  explicit backfill(const std::map<std::string, std::string>& target_labels = {});
  /// Adds the OpenMetrics page of an instant; instants must be in ascending order.
  void add(timestamp instant, std::string_view page);
  std::size_t samples() const { return samples_; }
  /// Writes the samples grouped by family and series, as OpenMetrics requires, and `# EOF`.
  void write(std::ostream&) const;

 private:
  std::string with_labels(const std::string& series) const;

  struct sample {
    std::int64_t instant = 0;  ///< seconds since the epoch
    double value = 0;
  };
  struct family {
    std::string head;  ///< HELP and TYPE
    std::map<std::string, std::vector<sample>, std::less<>> series;
  };
  std::string labels_;  ///< `job="releasehealthd",instance="127.0.0.1:9621"`
  std::map<std::string, family, std::less<>> families_;
  std::size_t samples_ = 0;
};

}
