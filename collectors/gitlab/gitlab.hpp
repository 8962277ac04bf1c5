#pragma once
#include "collectors/collector.hpp"

namespace releasehealth::gitlab {

extern const collector collect;

}
