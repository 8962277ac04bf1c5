#pragma once
// The templates of dashboards/review, filled. Everything is escaped; a template that cannot be read is a defect of the
// build and throws std::logic_error.
#include <string>
#include <string_view>

#include "collectors/base/json.hpp"

namespace releasehealth {

/// `page`: a template's name without its ending; those that begin with `_` are partials.
std::string render_page(std::string_view page, const json::object& view);

/// What the pages look like; a page that is sent as one file carries it.
std::string_view style_sheet();

}
