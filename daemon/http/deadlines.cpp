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
  self_->expires_at = clock::now() + time;
  self_->has_passed = false;
  if (self_->expires_at < all_->wakes_at_) all_->wake_at(self_->expires_at);
}

void deadlines::wake_at(clock::time_point instant) {
  wakes_at_ = instant;
  timer_.expires_at(instant);
  timer_.async_wait([self = shared_from_this()](const boost::system::error_code& ec) {
    if (!ec) self->look();
  });
}

// Most deadlines have been extended by now. `missed` never ends a connection from within this loop.
void deadlines::look() {
  const auto now = clock::now();
  auto next = clock::time_point::max();
  for (auto& e : entries_) {
    if (e.expires_at <= now) {
      e.expires_at = clock::time_point::max();
      e.has_passed = true;
      e.missed();
    }
    next = std::min(next, e.expires_at);
  }
  wakes_at_ = clock::time_point::max();
  if (next != wakes_at_) wake_at(next);
}

}
