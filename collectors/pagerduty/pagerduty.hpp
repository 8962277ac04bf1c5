#pragma once
#include "collectors/collector.hpp"

namespace releasehealth::pagerduty {

extern const collector collect;

}
