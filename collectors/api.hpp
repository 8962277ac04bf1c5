#pragma once
// The contract between a tool's API and `sync`: pure functions that name the requests and read the answers. The room
// `sync` of the daemon sends them.
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/collector.hpp"

namespace releasehealth {

/// A request to a tool's API.
struct api_request {
  std::string path;       ///< below the source's api_url, with its query: /repos/acme/shop/releases?per_page=100
  std::string body = {};  ///< JSON, which is sent by POST; empty: a GET
};

/// A successful answer.
struct api_answer {
  json::value body;
  headers header;
};

/// The part of a tool that is read, and the time.
struct api_place {
  const source& settings;
  std::string base;           ///< the URL that precedes the path of each request
  std::string scope;          ///< the repository, project or job, as its API names it; empty: the tool has no scopes
  json::object scope_object;  ///< the scope's own object
  timestamp since, until;     ///< what changed in [since, until) is asked for; more may be returned
};

/// A page of a list: its objects, and the request for the next page if there is one.
struct api_page {
  std::vector<json::object> objects;
  std::optional<api_request> next;
};

/// A list of a tool's API, read page by page.
struct api_list {
  std::string_view name;        ///< "deployments", for messages and for the stored position
  std::string_view permission;  ///< what the token needs to read it, in the tool's own words
  std::string_view format;      ///< of the api_shape of its objects
  /// Without a path: the scope has no such list.
  api_request (*first)(const api_place&);
  /// errc::unreadable: the answer does not have the documented shape.
  result<api_page> (*read)(const api_place&, const api_request&, const api_answer&);
  /// Whether the source's settings need this list.
  bool (*is_needed)(const source&) = [](const source&) { return true; };
  /// Whether any change moves the changed object to the first page, so that an unchanged first page means that nothing
  /// changed.
  bool shows_changes_first = false;
  /// How far before the last look the next one begins: objects may change without moving up in the list.
  duration overlap = std::chrono::hours(1);
  /// Requests that complete the objects of a page; null: none. Each answer is passed to `complete`, which may ask for
  /// more.
  std::vector<api_request> (*details)(const api_place&, const std::vector<json::object>&) = nullptr;
  result<std::optional<api_request>> (*complete)(std::vector<json::object>&, const api_request&,
                                                 const api_answer&) = nullptr;
  /// Whether a detail may be gone while its object is still listed. A request for it that is answered with 404 is then
  /// left out.
  bool may_lack_details = false;
};

/// How a request proves who sends it. With api_user, always by HTTP Basic with user and token.
enum class api_proof {
  header,   ///< the tool's header with the token
  user,     ///< HTTP Basic only: api_user is required
  password  ///< HTTP Basic with the token and an empty user
};

/// A token that lasts for a while.
struct api_grant {
  std::string token;
  timestamp expires_at;
};

/// How the private key of an application in api_token_file becomes a token. api_user then names the application.
struct api_key_exchange {
  bool (*is_key)(std::string_view file);
  api_request (*request)(const source&);
  /// The proof of that request, for the header Authorization. errc::unauthorized: the key or api_user is invalid.
  result<std::string> (*authorization)(const source&, const std::string& key, timestamp now);
  result<api_grant> (*read)(const api_answer&);
};

/// The API of a kind of source.
struct tool_api {
  std::string_view url;           ///< the default of api_url; empty: the setting is required
  std::string_view scope;         ///< what api_include names: "repository"; empty: the tool has no scopes
  std::string_view example = {};  ///< of a pattern in api_include: "acme/*"
  bool needs_include = false;     ///< its API cannot list all scopes
  std::span<const api_list> lists;
  /// The requests that list the scopes which the patterns of api_include name: "acme/*".
  std::vector<api_request> (*scopes)(const api_place&) = nullptr;
  /// Reads them. Each object has a text member `scope`, and whatever api_place::about is to contain.
  result<api_page> (*read_scopes)(const api_place&, const api_request&, const api_answer&) = nullptr;
  /// The base of the requests for a value of api_url; by default api_url itself.
  std::string (*base)(std::string api_url) = [](std::string api_url) { return api_url; };
  /// The error that a successful answer contains, if any: errc::unavailable if it may pass.
  std::optional<error> (*failure)(const api_answer&) = [](const api_answer&) { return std::optional<error>(); };
  api_proof proof = api_proof::header;
  bool token_is_optional = false;  ///< some servers ask for no token; api_url then suffices
  std::string_view header = "Authorization", prefix = "Bearer ";  ///< of api_proof::header
  std::string_view accept = "application/json";
  const api_key_exchange* keys = nullptr;  ///< null: the file holds the token
};

/// Whether the source's settings suffice to read its API: a token, or api_url where a token is optional.
bool is_readable(const tool_api&, const source&);

/// The base of the requests of a source, without a trailing slash.
std::string api_base(const tool_api&, const source&);

/// `path` with each {name} replaced by the percent-encoded value: ("/projects/{id}/releases", {{"id", "acme/shop"}}).
std::string api_path(std::string_view path,
                     std::initializer_list<std::pair<std::string_view, std::string_view>> values);

/// The request that a URL of an answer means, below `base`. Its host is ignored, so that an answer cannot direct
/// requests to another one. errc::unreadable: its path is not below that of `base`.
result<api_request> request_of_url(std::string_view base, std::string_view url);
/// The request for the page that the Link header calls rel="next", if any. A page with results="false" is empty.
result<std::optional<api_request>> next_by_link(std::string_view base, const api_answer&);
/// The same request with a parameter of its query set to a value.
api_request with_parameter(const api_request&, std::string_view name, std::string_view value);
/// A parameter of the request's query, decoded; empty if there is none.
std::string parameter_of(const api_request&, std::string_view name);

/// The filter that follows the one in the request's query; nothing after the last. For lists that are read once for
/// each of several filters.
std::optional<std::string> next_filter(const api_request&, const std::vector<std::string>& filters);
/// Whether the source's setting `deployments` has that value.
bool takes_deployments_from(const source&, std::string_view type);

/// The objects of an array at a pointer. errc::unreadable if there is none.
result<std::vector<json::object>> objects_at(const api_answer&, std::string_view pointer);

}
