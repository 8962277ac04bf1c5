#pragma once
// The page of the figures and their thresholds, as /metrics shows it.
#include <string>

#include "daemon/figures/latest.hpp"

namespace releasehealth {

void render(const snapshot&, const figure_settings&, text_format, const text_sink&);
std::string render(const snapshot&, const figure_settings&, text_format);

/// The page of the latest figures, written when somebody asks for it: figures change more often than they are scraped.
/// Any thread.
class figure_page {
 public:
  explicit figure_page(latest_figures& of) : of_(of) {}

  /// Plain or in gzip; empty before there are figures. In gzip, as Prometheus asks for it, it is kept until figures
  /// change. A large page takes long: not for the io thread.
  std::string body(text_format, bool zipped);

 private:
  latest_figures& of_;      ///< shows itself to one thread at a time, which has what follows to itself
  std::size_t length_ = 0;  ///< of the last page that was not compressed
  std::string zipped_;
  text_format zipped_as_{};
  std::uint64_t zipped_version_ = 0;
};

}
