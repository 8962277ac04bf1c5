#pragma once
// What the APIs of other tools give about the past, as their webhooks would have told it: the same subjects, so that
// what was delivered already is not counted twice.
#include <iosfwd>
#include <span>
#include <string_view>

#include "daemon/import/history.hpp"

namespace releasehealth {

/// An export: objects one after another, or in arrays, or in the member that holds them.
struct api_export {
  std::string_view format;  ///< of `import`
  std::string_view help;
  std::string_view kind;  ///< of source: whose collector reads it
};
/// What the collectors know to tell again (api_shape).
std::span<const api_export> api_exports();

/// errc::malformed: the text is not JSON. Records are refused one by one.
result<void> read_api_export(const api_export&, std::istream&, const history_defaults&, timestamp now,
                             const record_handler&);

}
