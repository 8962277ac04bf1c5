#pragma once
// Requests and responses as plain values, without sockets, for the code outside of http/.
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
  std::string peer;  ///< IP address
};

struct response {
  unsigned status = 200;
  std::string content_type;
  std::string body;
  std::vector<std::pair<std::string, std::string>> header;  ///< without Content-Type and Content-Length
  std::string limit = {};                                   ///< the limit that caused an error response; not sent
};

/// Called once, from the io thread.
using responder = std::function<void(response)>;

/// A listener's handler of requests.
struct service {
  /// The limit of the request body in bytes, decided by the header alone.
  std::function<std::size_t(const request&)> body_limit;
  std::function<void(request&, responder)> handle;  ///< the request lives until the response is given
  /// Called after each response, for access log and metrics.
  std::function<void(const request&, const response&)> done;
  /// Called when a limit of the listener is reached, with the last part of its key ("max_connections") or "open_files".
  std::function<void(std::string_view limit)> reached = [](std::string_view) {};
};

/// The first query parameter of that name, decoded; empty if there is none.
std::string query_value(const request&, std::string_view name);

/// Whether an address is reachable from this machine only: 127.0.0.0/8, ::1, ::ffff:127.0.0.0/104 or localhost.
bool is_loopback(std::string_view address);

/// The host of "host:port", "[::1]:port" or "host", in lower case and without brackets.
std::string host_of(std::string_view authority);

/// A JSON document that ends with a line feed.
response json_answer(unsigned status, const json::value&);

}
