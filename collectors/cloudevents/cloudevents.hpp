#pragma once
#include "collectors/collector.hpp"

namespace releasehealth::cloudevents {

extern const collector collect;

}
