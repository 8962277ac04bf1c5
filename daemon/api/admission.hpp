#pragma once
// Access to the operations listener: host names, users, and scopes of tokens.
#include <optional>

#include "daemon/api/settings.hpp"
#include "daemon/http/message.hpp"

namespace releasehealth::api {

/// Belongs to the io thread.
class admission {
 public:
  /// `current` is read for each request and must outlive this object.
  admission(boost::asio::io_context&, const settings& current);

  /// The header with a foreign name, if a page of another site reaches a loopback listener by DNS rebinding or across
  /// origins; empty: none. HTTP/1.0 has no Host.
  std::string foreign_name(const http::request&) const;

  /// If users are configured, every request needs one of them, except requests with a token to paths that accept
  /// tokens. Calls `then` on the io thread, with nothing or errc::unauthorized.
  void identify(const http::request&, std::function<void(std::optional<error>)> then);

  /// Authorizes an identified request for a scope; returns its token. Reading needs no token on loopback or for a user.
  result<const token*> authorize(const http::request&, std::string_view scope) const;

  /// After a reload.
  void use(const settings&);

 private:
  bool knows_host(std::string_view authority) const;
  const settings* current_;
  users users_;
};

}
