#pragma once
// Users of the operations listener, by name and bcrypt hash (exporter-toolkit's basic_auth_users). bcrypt is slow by
// design, so it runs on its own thread and correct passwords are cached.
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "collectors/base/headers.hpp"

namespace boost::asio {
class io_context;
}

namespace releasehealth {

/// For use on the io thread.
class users {
 public:
  using hashes = std::map<std::string, std::string>;

  users(boost::asio::io_context&, hashes);
  ~users();

  /// Whether users are configured, so that requests need a password.
  bool are_asked() const;
  /// Calls `then` on the io thread with whether `Authorization: Basic` names a user with the right password. False also
  /// if too many checks are pending.
  void admit(const headers&, std::function<void(bool)> then);
  /// Replaces the users after a reload.
  void use(hashes);

  static constexpr std::size_t max_waiting = 32;

 private:
  struct state;
  std::shared_ptr<state> state_;
};

/// The error of a hash that is not bcrypt; empty if it is valid.
std::string check_bcrypt(const std::string& hash);

}
