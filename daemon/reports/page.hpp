#pragma once
// The figures and their thresholds in the format of /metrics.
#include <string>

#include "daemon/figures/latest.hpp"

namespace releasehealth {

void render(const snapshot&, const figure_settings&, text_format, const text_sink&);
std::string render(const snapshot&, const figure_settings&, text_format);

/// The page of the latest figures, rendered on request because figures change more often than they are scraped. Any
/// thread but the io thread: a large page is slow to render.
class figure_page {
 public:
  explicit figure_page(latest_figures& latest) : latest_(latest) {}

  /// The page, plain or compressed with gzip; empty before there are figures. The compressed page, which Prometheus
  /// requests, is cached until figures change.
  std::string body(text_format, bool zipped);

 private:
  latest_figures& latest_;  ///< its lock guards the members below
  std::size_t length_ = 0;  ///< length of the last plain page
  std::string zipped_;
  text_format zipped_as_{};
  std::uint64_t zipped_version_ = 0;
};

}
