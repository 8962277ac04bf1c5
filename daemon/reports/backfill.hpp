#pragma once
// Past values of the gauges as OpenMetrics with timestamps, for `promtool tsdb create-blocks-from openmetrics`: the
// page of /metrics at each instant, by today's knowledge (interface.md §1).
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
  /// Labels that a scrape would add to every series, like `job`: with them past and scraped samples are one series. A
  /// label without a value is none.
  explicit backfill(const std::map<std::string, std::string>& target_labels = {});
  /// What the page in OpenMetrics says at an instant; the instants must rise.
  void add(timestamp at, std::string_view page);
  std::size_t samples() const { return samples_; }
  /// Family by family, and in them series by series, as OpenMetrics asks for; `# EOF` at the end.
  void write(std::ostream&) const;

 private:
  std::string with_labels(const std::string& series) const;

  struct sample {
    std::int64_t at = 0;  ///< seconds since the epoch
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
