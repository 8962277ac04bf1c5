#pragma once
// The table of routes: the handler of each method and path, with its parameters. 404, 405, the 400 of unknown
// parameters and the OpenAPI document are derived from it.
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/http/message.hpp"

namespace releasehealth::http {

/// The values of `{name}` in a pattern.
using parameters = std::map<std::string, std::string, std::less<>>;

/// A query parameter.
struct parameter {
  std::string_view name, help;
  std::string_view choices = {};  ///< space-separated; empty: any text
  bool is_time = false;           ///< RFC 3339, with an offset
  bool is_needed = false;
  std::string_view example = {};
};

/// Documentation of a route. Schemas are named as in the OpenAPI document; a name with a `/` is a content type without
/// a schema.
struct about_route {
  std::string_view tag = {};  ///< empty: not in the documentation
  std::string_view summary = {};
  std::string_view gives = {}, takes = {};
  std::string_view scope = {};  ///< required scope of the token
  bool also_csv = false;
  unsigned status = 200;
  bool names_something = false;  ///< its query or body names something that may not exist: 404
  /// Checked before the handler is called; if unset, parameters are ignored.
  std::optional<std::vector<parameter>> query = {};
  /// JSON Schema of `gives`; empty if the OpenAPI document defines it, as several responses share it.
  std::string_view schema = {};
};

struct route {
  std::string_view method;
  std::string_view
      pattern;  ///< /webhooks/{name}; {name...} matches as much as the rest of the pattern allows, including /
  std::function<void(request&, const parameters&, responder)> handle;
  about_route documentation = {};
};

/// Calls the first matching route. Otherwise responds 404, or 405 with Allow; or 400, naming a query parameter that is
/// missing, unknown or has an invalid value.
void dispatch(const std::vector<route>&, request&, const responder&);

/// Whether the path matches the pattern; fills the parameters.
bool fits(std::string_view pattern, std::string_view path, parameters&);

}
