#pragma once
// For commands that talk to a running daemon: checks fields before they are sent, and looks up deployments and
// incidents.
#include <optional>
#include <string>
#include <vector>

#include "collectors/base/nearest.hpp"
#include "collectors/base/result.hpp"
#include "collectors/words.hpp"
#include "daemon/http/message.hpp"

namespace releasehealth {

/// Checks field names against collectors/fields.hpp: the fields of the event type, or of all types if none is given.
/// `also`: further accepted names. Throws usage_error for the first unknown one: `send: unknown field "versoin"; did
/// you mean "version"?`
void require_known_fields(const std::string& command, std::optional<event_type>, const std::vector<std::string>& names,
                          const word_list& also);

/// The operations listener of a daemon, and the token for requests.
struct operations_listener {
  std::string url, token;
};
inline constexpr const char* default_operations_url = "http://127.0.0.1:9621";

/// A deployment or an incident by any of its names.
struct thing_name {
  thing_type thing = thing_type::deployment;  ///< or incident
  std::string name;                           ///< id, the sender's id, or a version
  std::string service = {}, environment = {};
};
/// Returns the daemon's first match by name, or nothing if its service or environment differs. Errors as for
/// find_things().
result<std::optional<json::object>> find_thing(const operations_listener&, const thing_name&);

/// Returns everything with that name, as rows of the API. Searches the latest 10,000 rows (of the service if one is
/// given) and the daemon's first match by name, which may be older. errc::forbidden: the token lacks the scope `read`;
/// errc::unavailable: no response, or one without rows.
result<std::vector<json::object>> find_things(const operations_listener&, const thing_name&);

/// The id in such a row of the thing with that name; for a joined incident, the id of the member with that name.
std::string id_of(const json::object& row, const std::string& name);

/// The error text of a rejected request: `detail; /pointer: detail`, or the body if it is no problem document.
std::string problem_text(const http::response&);

}
