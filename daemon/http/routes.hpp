#pragma once
// A table of routes: which handler takes which method and path, and what it takes. 404, 405 and the 400 of a parameter
// that is not in the table fall out of it; so does OpenAPI.
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/http/message.hpp"

namespace releasehealth::http {

/// What `{name}` in a pattern stood for.
using parameters = std::map<std::string, std::string, std::less<>>;

/// A parameter of the query.
struct parameter {
  std::string_view name, help;
  std::string_view choices = {};  ///< space-separated; empty: any text
  bool is_time = false;           ///< RFC 3339, with an offset
  bool is_needed = false;
  std::string_view example = {};
};

/// What a route is for. Schemas are named as in the OpenAPI document; a name with a `/` is a content type without one.
struct about_route {
  std::string_view tag = {};  ///< empty: not for users
  std::string_view summary = {};
  std::string_view gives = {}, takes = {};
  std::string_view scope = {};  ///< of the token that it asks for
  bool also_csv = false;
  unsigned status = 200;
  bool names_something = false;  ///< in its query or body, which may be unknown: 404
  /// Checked before the handler is called; nothing: what comes is ignored.
  std::optional<std::vector<parameter>> query = {};
  /// JSON Schema of `gives`; empty: the OpenAPI document has it, as other responses hold the same.
  std::string_view schema = {};
};

struct route {
  std::string_view method;
  std::string_view
      pattern;  ///< /webhooks/{name}; {name...} is as long as the rest of the pattern lets it be, and may hold /
  std::function<void(request&, const parameters&, responder)> handle;
  about_route about = {};
};

/// Hands the request to the first route that fits, else answers 404, or 405 with Allow; 400 naming a parameter that is
/// missing, unknown or none of its choices.
void dispatch(const std::vector<route>&, request&, const responder&);

/// The parameters if the path fits the pattern.
bool fits(std::string_view pattern, std::string_view path, parameters&);

}
