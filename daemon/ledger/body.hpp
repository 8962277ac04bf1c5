#pragma once
// Bodies as they are kept: zstd, by the newest dictionary of schema/bodies. The frame names its dictionary, so that
// what an older one wrote is read with that; what was kept before there were any is zlib.
#include <string>
#include <string_view>

namespace releasehealth::ledger {

std::string compress(const std::string& body);

/// Whether compress() may have made it: it begins as zstd does.
bool is_zstd(std::string_view);

/// What compress() was given; as much of it as can be read.
std::string decompress(std::string compressed);

}
