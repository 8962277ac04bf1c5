#pragma once
// The figures of all places as they are known now: the refresh loop puts in what changed, a page shows them.
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "daemon/figures/snapshot.hpp"

namespace releasehealth {

/// Any thread. Whoever puts figures in never waits for somebody who looks at them.
class latest_figures {
 public:
  /// What changed among all places; `settings` are those by which it was computed.
  void put(snapshot changed, const std::map<place, std::string>& all, const figure_settings& settings);

  /// Gets the figures, the settings behind them, and a number that rises whenever they change.
  using look = std::function<void(const snapshot&, const figure_settings&, std::uint64_t version)>;
  /// Calls it while nothing changes, for one thread at a time; not at all before there are figures.
  void show(const look&);

 private:
  /// What one put() brought.
  struct change {
    snapshot changed;
    std::map<place, std::string> all;
    figure_settings settings;
  };
  void take_in();

  std::mutex waiting_mutex_;
  std::vector<change> waiting_;  ///< what came while somebody looked: a refresh or two
  std::mutex mutex_;             ///< of what follows
  snapshot known_;
  figure_settings settings_;
  std::uint64_t version_ = 0;  ///< 0: there are none yet
};

}
