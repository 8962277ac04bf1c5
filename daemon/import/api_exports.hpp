#pragma once
// What the APIs of other tools give about the past, as their webhooks would have told it: the same subjects, so that
// what was delivered already is not counted twice.
#include <iosfwd>
#include <span>
#include <string_view>

#include "collectors/collector.hpp"
#include "daemon/import/history.hpp"

namespace releasehealth {

/// An export: objects one after another, or in arrays, or in the member that holds them.
struct api_export {
  const collector* by;
  const api_shape& shape;
};
/// What the collectors know to tell again.
std::span<const api_export> api_exports();
/// The one of that format of `import`; null: there is none.
const api_export* find_api_export(std::string_view format);

/// errc::malformed: the text is not JSON. Records are refused one by one.
result<void> read_api_export(const api_export&, std::istream&, const history_defaults&, timestamp now,
                             const record_handler&);

}
