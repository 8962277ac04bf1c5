#pragma once
// Requests and answers as the rooms behind http/ see them: plain values, no sockets.
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "collectors/base/headers.hpp"
#include "collectors/base/json.hpp"

namespace releasehealth::http {

struct request {
  std::string method, path, query;  ///< the path is percent-decoded, the query is not
  headers header;
  std::string body;
  std::string peer;  ///< its address
};

struct response {
  unsigned status = 200;
  std::string content_type;
  std::string body;
  std::vector<std::pair<std::string, std::string>> header;  ///< besides Content-Type and Content-Length
  std::string limit = {};                                   ///< which limit refused it; not sent
};

/// Called once, from the io thread.
using responder = std::function<void(response)>;

/// What a listener does with requests.
struct service {
  /// Bytes that the body of this request may have, known from its head alone.
  std::function<std::size_t(const request&)> body_limit;
  std::function<void(request&, responder)> handle;  ///< the request lives until the answer is given
  /// After each answer: access log and metrics.
  std::function<void(const request&, const response&)> done;
  /// A limit of the listener was met: the last part of its key, "max_connections", or "open_files".
  std::function<void(std::string_view limit)> reached = [](std::string_view) {};
};

/// The first parameter of that name in the query, decoded; empty if there is none.
std::string query_value(const request&, std::string_view name);

/// Whether only this machine reaches an address: 127.0.0.0/8, ::1, ::ffff:127.0.0.0/104 or localhost.
bool is_loopback(std::string_view address);

/// The host of "host:port", "[::1]:port" or "host", in small letters and without brackets.
std::string host_of(std::string_view authority);

/// A JSON document, with a line feed at its end.
response json_answer(unsigned status, const json::value&);

}
