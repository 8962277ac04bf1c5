#pragma once
// Renders the templates of dashboards/review. All values are escaped. An invalid template is a defect of the build and
// throws std::logic_error.
#include <string>
#include <string_view>

#include "collectors/base/json.hpp"

namespace releasehealth {

/// `page`: a template's name without its extension. Templates whose name begins with `_` are partials.
std::string render_page(std::string_view page, const json::object& view);

/// The CSS of the pages, which single-file pages embed.
std::string_view style_sheet();

}
