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
  out.admitted = all_.insert(all_.end(), entry{peer});
  return out;
}

void connections::leave(handle h) {
  if (!h->has_made_room) discount(h->peer);
  all_.erase(h);
}

void connections::discount(const std::string& peer) {
  --count_;
  if (const auto known = by_peer_.find(peer); --known->second == 0) by_peer_.erase(known);
}

// The closed connection stops counting at once. Otherwise the same peer would stay the busiest during a flood from
// other peers, until it had no connection left to close and new peers were rejected.
bool connections::make_room(const std::string& peer) {
  for (const auto phase : {stage::waits, stage::receives})
    for (auto& c : all_) {
      if (c.phase != phase || c.has_made_room || !c.close || c.peer != peer) continue;
      c.has_made_room = true;
      discount(c.peer);
      c.close();
      return true;
    }
  return false;
}

void connections::close_waiting(bool all) {
  for (auto& c : all_)
    if (c.close && c.phase == stage::waits && (all || c.has_asked)) c.close();
}

void connections::close_all() {
  for (auto& c : all_)
    if (c.close) c.close();
}

}
