#pragma once
// Ids for events that people and pipelines make.
#include <string>

namespace releasehealth {

/// 32 random hex digits.
std::string random_id();

}
