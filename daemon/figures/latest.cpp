#include "daemon/figures/latest.hpp"

namespace releasehealth {

void latest_figures::put(snapshot changed, const std::map<place, std::string>& all, const figure_settings& settings) {
  {
    const std::lock_guard lock(waiting_mutex_);
    waiting_.push_back({std::move(changed), all, settings});
  }
  if (const std::unique_lock lock(mutex_, std::try_to_lock); lock) take_in();
}

void latest_figures::take_in() {
  std::vector<change> come;
  {
    const std::lock_guard lock(waiting_mutex_);
    come.swap(waiting_);
  }
  for (auto& c : come) {
    merge(known_, std::move(c.changed), c.all, c.settings.names);
    settings_ = std::move(c.settings);
    ++version_;
  }
}

void latest_figures::show(const look& viewer) {
  const std::lock_guard lock(mutex_);
  take_in();
  if (version_ > 0) viewer(known_, settings_, version_);
}

}
