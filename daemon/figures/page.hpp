#pragma once
// The page of the figures and their thresholds, as /metrics shows it.
#include <string>

#include "daemon/figures/snapshot.hpp"

namespace releasehealth {

std::string render(const snapshot&, const figure_settings&, text_format);

}
