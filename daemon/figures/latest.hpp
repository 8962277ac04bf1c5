#pragma once
// The latest figures of all targets: the refresh loop puts changes in, pages and /metrics read them.
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "daemon/figures/snapshot.hpp"

namespace releasehealth {

/// Any thread. Writers never wait for readers.
class latest_figures {
 public:
  /// Adds changed figures. `all`: every target and its team; `settings`: those used for the computation.
  void put(snapshot changed, const std::map<place, std::string>& all, const figure_settings& settings);

  /// Receives the figures, their settings, and a version that increases with each change.
  using look = std::function<void(const snapshot&, const figure_settings&, std::uint64_t version)>;
  /// Calls the function under the lock, for one thread at a time. Does not call it before there are figures.
  void show(const look&);

 private:
  /// The arguments of one put().
  struct change {
    snapshot changed;
    std::map<place, std::string> all;
    figure_settings settings;
  };
  void take_in();

  std::mutex waiting_mutex_;
  std::vector<change> waiting_;  ///< changes put in while a reader held the lock: one or two refreshes
  std::mutex mutex_;             ///< guards the members below
  snapshot known_;
  figure_settings settings_;
  std::uint64_t version_ = 0;  ///< 0: no figures yet
};

}
