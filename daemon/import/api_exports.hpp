#pragma once
// Imports exports of other tools' APIs as their webhooks would have reported them. The subjects are the same, so that
// deliveries received earlier are not counted twice.
#include <iosfwd>
#include <span>
#include <string_view>

#include "collectors/collector.hpp"
#include "daemon/import/history.hpp"

namespace releasehealth {

/// A format of exports: concatenated objects, arrays, or objects with a member that contains the array.
struct api_export {
  const collector* collected;
  const api_shape& shape;
};
/// All formats that the collectors support.
std::span<const api_export> api_exports();
/// The format with this name in `import`; null if there is none.
const api_export* find_api_export(std::string_view format);

/// Converts one object into events of `settings`, a source of the format's kind. `where` locates it in messages.
void read_api_object(const api_export&, const source& settings, const json::value& object, const std::string& where,
                     const history_defaults&, timestamp now, const record_handler&);

/// errc::malformed: the text is not JSON. Invalid records are rejected one by one.
result<void> read_api_export(const api_export&, std::istream&, const history_defaults&, timestamp now,
                             const record_handler&);

}
