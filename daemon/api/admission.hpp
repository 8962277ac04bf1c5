#pragma once
// Access to the operations listener: host names, users, and scopes of tokens.
#include <optional>

#include "daemon/api/settings.hpp"
#include "daemon/http/message.hpp"

namespace releasehealth::api {

/// Belongs to the io thread.
class admission {
 public:
  /// `with` is read at each request, and outlives this.
  admission(boost::asio::io_context&, const settings& with);

  /// The name under which a page of another site reaches a loopback listener (DNS rebinding), or asks it across
  /// origins; empty: none. HTTP/1.0 has no Host.
  std::string foreign_name(const http::request&) const;

  /// Where users are configured everyone is one of them, unless a token is shown where one may be. Calls `then` on the
  /// io thread, with nothing or errc::unauthorized.
  void identify(const http::request&, std::function<void(std::optional<error>)> then);

  /// Whether an identified request may use what asks for that scope, and by whose token. Reading needs none on
  /// loopback, nor for a user.
  result<const token*> authorize(const http::request&, std::string_view scope) const;

  /// After a reload.
  void use(const settings&);

 private:
  bool knows_host(std::string_view authority) const;
  const settings* with_;
  users users_;
};

}
