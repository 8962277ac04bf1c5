#pragma once
// Breaks text into lines of a given width.
#include <cstddef>
#include <string>
#include <string_view>

namespace releasehealth {

/// Each line is broken at its last space within `width` characters and continued with `indent` spaces. A word that is
/// longer than a line stays whole. Width 0 is unlimited.
std::string wrapped(std::string_view text, std::size_t width, std::size_t indent = 0);

}
