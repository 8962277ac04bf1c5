#include "daemon/http/connections.hpp"

#include <algorithm>

namespace releasehealth::http {

connections::admission connections::enter(const std::string& peer, std::size_t most, std::size_t most_per_peer) {
  const auto known = by_peer_.find(peer);
  const auto of_peer = known == by_peer_.end() ? 0 : known->second;
  admission out;
  if (of_peer >= most_per_peer) {
    out.limit = "max_connections_per_peer";
    return out;
  }
  if (count_ >= most) {
    out.limit = "max_connections";
    const auto richest = std::ranges::max_element(by_peer_, {}, [](const auto& one) { return one.second; });
    if (richest == by_peer_.end() || richest->second <= of_peer + 1 || !make_room(richest->first)) return out;
  }
  ++count_;
  ++by_peer_[peer];
  out.is_admitted = true;
  return out;
}

void connections::leave(const std::string& peer) {
  --count_;
  if (const auto known = by_peer_.find(peer); --known->second == 0) by_peer_.erase(known);
}

connections::handle connections::open(const std::string& peer, std::function<void()> close) {
  return open_.insert(open_.end(), entry{peer, std::move(close)});
}

bool connections::make_room(const std::string& of) {
  for (const auto at : {stage::waits, stage::receives})
    for (auto& c : open_) {
      if (c.at != at || c.peer != of) continue;
      c.at = stage::is_served;  // not once more, until it is gone
      c.close();
      return true;
    }
  return false;
}

void connections::close_waiting(bool all) {
  for (auto& c : open_)
    if (c.at == stage::waits && (all || c.has_asked)) c.close();
}

void connections::close_all() {
  for (auto& c : open_) c.close();
}

}
