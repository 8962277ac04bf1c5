#pragma once
// Ids of events created by people and pipelines.
#include <string>

namespace releasehealth {

/// 32 random hex digits.
std::string random_id();

}
