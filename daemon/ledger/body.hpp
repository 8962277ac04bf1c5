#pragma once
// Bodies as they are kept: zlib.
#include <string>

namespace releasehealth::ledger {

std::string compress(const std::string& body);

/// What compress() was given; as much of it as can be read.
std::string decompress(std::string compressed);

}
