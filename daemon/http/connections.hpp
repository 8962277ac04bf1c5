#pragma once
// Who is connected to a listener, and who has to go when there is no room: whoever has most loses one by which nothing
// is lost. Knows no sockets.
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
  /// What a connection is at. Until its request is handed to the service it may be cut off without a loss.
  enum class stage { waits, receives, is_served };

  struct entry {
    std::string peer;
    std::function<void()> close = {};  ///< none: it cannot be closed, yet or any more
    stage at = stage::waits;
    bool has_asked = false;      ///< its first head came
    bool has_made_room = false;  ///< closed for somebody else: it counts no more
  };
  using handle = std::list<entry>::iterator;

  struct admission {
    std::optional<handle> as = {};  ///< until leave(); none: there is no room
    std::string_view limit = {};    ///< what was met, even if somebody else made room
  };
  /// Whether one more of that peer may come in.
  admission enter(const std::string& peer, std::size_t most, std::size_t most_per_peer);
  void leave(handle h);

  std::size_t count() const { return count_; }
  /// Closes those that wait for a head: all, or only those that have asked before.
  void close_waiting(bool all);
  void close_all();

 private:
  bool make_room(const std::string& of);
  void discount(const std::string& peer);
  std::size_t count_ = 0;
  std::map<std::string, std::size_t, std::less<>> by_peer_;
  std::list<entry> all_;  // the oldest first
};

}
