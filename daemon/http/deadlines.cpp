#include "daemon/http/deadlines.hpp"

#include <algorithm>

namespace releasehealth::http {

deadlines::one::one(const std::shared_ptr<deadlines>& all, std::function<void()> missed)
    : all_(all), self_(all->entries_.insert(all->entries_.end(), entry{std::move(missed)})) {}

deadlines::one::~one() {
  all_->entries_.erase(self_);
  if (!all_->entries_.empty()) return;
  all_->wakes_at_ = clock::time_point::max();  // an unneeded timer would keep the io context running
  all_->timer_.cancel();
}

void deadlines::one::expires_after(clock::duration time) {
  self_->at = clock::now() + time;
  self_->has_passed = false;
  if (self_->at < all_->wakes_at_) all_->wake_at(self_->at);
}

void deadlines::wake_at(clock::time_point at) {
  wakes_at_ = at;
  timer_.expires_at(at);
  timer_.async_wait([self = shared_from_this()](const boost::system::error_code& ec) {
    if (!ec) self->look();
  });
}

// Most deadlines have been extended by now. `missed` never ends a connection from within this loop.
void deadlines::look() {
  const auto now = clock::now();
  auto next = clock::time_point::max();
  for (auto& e : entries_) {
    if (e.at <= now) {
      e.at = clock::time_point::max();
      e.has_passed = true;
      e.missed();
    }
    next = std::min(next, e.at);
  }
  wakes_at_ = clock::time_point::max();
  if (next != wakes_at_) wake_at(next);
}

}
