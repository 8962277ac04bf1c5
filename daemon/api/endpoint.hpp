#pragma once
// An endpoint of the operations listener: its description, and two steps. The first reads the request on the io thread
// and returns a plan; the plan chooses the thread that writes the response.
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "daemon/api/settings.hpp"
#include "daemon/http/problem.hpp"
#include "daemon/http/routes.hpp"
#include "daemon/ledger/append.hpp"
#include "daemon/queries/reads.hpp"

namespace releasehealth::api {

/// A request with checked parameters and a token of the required scope. Lives until the first step returns.
struct call {
  const http::request& request;
  const http::parameters& path;
  timestamp now;
  std::shared_ptr<const settings> current;  ///< the same settings for both steps, even if a reload happens between them
  const token* caller = nullptr;            ///< null if no token was needed

  std::string query(std::string_view name) const { return http::query_value(request, name); }
  /// The configured name of the environment in the query.
  std::string environment() const { return current->figures.names.environment(query("environment")); }
  /// The thing named in the path; empty: none.
  std::string named() const { return path.empty() ? std::string() : path.begin()->second; }
  bool wants_csv() const { return request.header.get("Accept").starts_with("text/csv"); }
};

/// Queries PostgreSQL on the `read` thread.
struct reading {
  std::function<result<http::response>(ledger::reader&)> read;
  /// Cache key of the response; empty: not cached. Derived rows, the minute and settings invalidate the cache.
  std::string cached_as = {};
};

/// Queries PostgreSQL for the state known at an instant. This is slow, so it runs on a thread of its own, one at a
/// time.
struct looking_back {
  timestamp as_of;
  std::function<result<http::response>(ledger::reader&)> read;
};

/// Writes a large response without PostgreSQL, on the `scrape` thread.
struct rendering {
  std::function<http::response()> write;
};

/// Makes a ledger entry from stored rows and appends it.
struct appending {
  std::function<result<ledger::entry>(ledger::reader&)> make;
};

using plan = std::variant<http::response, reading, looking_back, rendering, appending>;

struct endpoint {
  std::string_view method;
  std::string path;  ///< a pattern of http/routes.hpp
  http::about_route documentation;
  std::function<result<plan>(const call&)> begin;
  /// The response to an error: a problem document by default; pages and badges replace it.
  std::function<http::response(const error&, timestamp now)> refuse = [](const error& e, timestamp) {
    return http::refuse(e);
  };
};

/// The description of an endpoint for tokens with the scope `read`.
inline http::about_route about_reading(std::string_view tag, std::string_view summary, std::string_view gives,
                                       std::vector<http::parameter> query, std::string_view schema = {}) {
  return {.tag = tag, .summary = summary, .gives = gives, .scope = "read", .query = std::move(query), .schema = schema};
}

}
