#pragma once
// The page of the figures and their thresholds, as /metrics shows it.
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "daemon/figures/snapshot.hpp"

namespace releasehealth {

std::string render(const snapshot&, const figure_settings&, text_format);

/// The figures that /metrics shows: the refresher puts them in, and the page is written when somebody asks for it.
/// Figures change more often than they are scraped. Any thread; neither side waits for PostgreSQL while it holds the
/// other up.
class figure_page {
 public:
  /// What changed among all places; `settings` are those by which it was computed.
  void put(snapshot changed, const std::map<place, std::string>& all, const figure_settings& settings);

  /// The page, plain or in gzip; empty before there are figures. In gzip, as Prometheus asks for it, it is kept
  /// until figures change. A large page takes long: not for the io thread.
  std::shared_ptr<const std::string> body(text_format, bool zipped);

 private:
  std::mutex mutex_;
  snapshot known_;
  figure_settings settings_;
  bool is_there_ = false;
  std::shared_ptr<const std::string> zipped_;
  text_format zipped_as_{};
};

}
