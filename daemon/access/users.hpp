#pragma once
// Who may look at the operations listener, by name and bcrypt hash (exporter-toolkit's basic_auth_users). bcrypt is
// slow by design: it runs on a thread of its own, and what it found right is remembered.
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "collectors/base/headers.hpp"

namespace boost::asio {
class io_context;
}

namespace releasehealth {

/// Lives on the io thread.
class users {
 public:
  using hashes = std::map<std::string, std::string>;

  users(boost::asio::io_context&, hashes);
  ~users();

  /// Whether anybody is asked who they are.
  bool are_asked() const;
  /// Calls `then` on the io thread: whether `Authorization: Basic` names one of them, with the right password. False,
  /// too, if too many wait for an answer.
  void admit(const headers&, std::function<void(bool)> then);
  /// After a reload.
  void use(hashes);

  static constexpr std::size_t max_waiting = 32;

 private:
  struct state;
  std::shared_ptr<state> state_;
};

/// Whether crypt(3) takes that hash: bcrypt only. What is wrong with it, or nothing.
std::string check_bcrypt(const std::string& hash);

}
