#pragma once
// The page of the figures and their thresholds, as /metrics shows it.
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "daemon/figures/snapshot.hpp"

namespace releasehealth {

void render(const snapshot&, const figure_settings&, text_format, const text_sink&);
std::string render(const snapshot&, const figure_settings&, text_format);

/// The figures that /metrics shows: the refresher puts them in, and the page is written when somebody asks for it.
/// Figures change more often than they are scraped. Any thread; whoever puts figures in never waits for a page that is
/// being written.
class figure_page {
 public:
  /// What changed among all places; `settings` are those by which it was computed.
  void put(snapshot changed, const std::map<place, std::string>& all, const figure_settings& settings);

  /// The page, plain or in gzip; empty before there are figures. In gzip, as Prometheus asks for it, it is kept
  /// until figures change. A large page takes long: not for the io thread.
  std::string body(text_format, bool zipped);

 private:
  /// What one put() brought.
  struct change {
    snapshot changed;
    std::map<place, std::string> all;
    figure_settings settings;
  };
  void take_in();

  std::mutex waiting_mutex_;
  std::vector<change> waiting_;  ///< what came while a page was written: a refresh or two
  std::mutex mutex_;             ///< of what follows
  snapshot known_;
  figure_settings settings_;
  bool is_there_ = false;
  std::size_t length_ = 0;  ///< of the last page that was not compressed
  std::string zipped_;
  text_format zipped_as_{};
};

}
