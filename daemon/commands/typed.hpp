#pragma once
// What people type for a running daemon: fields that are checked before they are sent, and questions about things.
#include <optional>
#include <string>
#include <vector>

#include "collectors/base/nearest.hpp"
#include "collectors/base/result.hpp"
#include "collectors/words.hpp"
#include "daemon/http/message.hpp"

namespace releasehealth {

/// Checks the names of fields of that type of event, or of any if there is none, against collectors/fields.hpp. `also`:
/// names that are right besides. usage_error for the first unknown one: `send: unknown field "versoin"; did you mean
/// "version"?`
void require_known_fields(const std::string& command, std::optional<event_type>, const std::vector<std::string>& names,
                          const word_list& also);

/// The operations listener of a daemon, and whose token asks it.
struct operations_listener {
  std::string url, token;
};
inline constexpr const char* default_operations_url = "http://127.0.0.1:9621";

/// A deployment or an incident as people name it.
struct thing_name {
  thing_type thing = thing_type::deployment;  ///< or an incident
  std::string name;                           ///< its id, the sender's own id, or a version
  std::string service = {}, environment = {};
};
/// The one that the daemon finds first by that name, unless it is of another service or environment. Errors as below.
result<std::optional<json::object>> find_thing(const operations_listener&, const thing_name&);

/// What has the name: each as the API's list or its page has it. Looks through the latest 10,000 of the service, or of
/// all, and finds one older. errc::forbidden: the token may not read; errc::unavailable: no answer, or one without
/// rows.
result<std::vector<json::object>> find_things(const operations_listener&, const thing_name&);

/// The id in such a row of what people name so: of a joined incident, the member's whose name it is.
std::string id_of(const json::object& row, const std::string& name);

/// What a rejected request was told: `detail; /pointer: detail`, or the body of anything that is no problem document.
std::string problem_text(const http::response&);

}
