#pragma once
// The open connections of a listener, and which one to close at the limit: one of the busiest peer's, as long as no
// request is lost. Independent of sockets.
#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace releasehealth::http {

class connections {
 public:
  /// The stage of a connection. Before `is_served` it can be closed without losing a request.
  enum class stage { waits, receives, is_served };

  struct entry {
    std::string peer;
    std::function<void()> close = {};  ///< empty if it cannot be closed at the moment
    stage phase = stage::waits;
    bool has_asked = false;      ///< its first request header was received
    bool has_made_room = false;  ///< closed in favour of another peer; no longer counted
  };
  using handle = std::list<entry>::iterator;

  struct admission {
    std::optional<handle> admitted = {};  ///< valid until leave(); none: rejected
    std::string_view limit = {};  ///< the limit that was reached, even if another connection was closed for this one
  };
  /// Admits or rejects one more connection of that peer.
  admission enter(const std::string& peer, std::size_t most, std::size_t most_per_peer);
  void leave(handle h);

  std::size_t count() const { return count_; }
  /// Closes connections that wait for a request header: all of them, or only those that have sent a request before.
  void close_waiting(bool all);
  void close_all();

 private:
  bool make_room(const std::string& peer);
  void discount(const std::string& peer);
  std::size_t count_ = 0;
  std::map<std::string, std::size_t, std::less<>> by_peer_;
  std::list<entry> all_;  // oldest first
};

}
