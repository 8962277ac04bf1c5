#pragma once
// Compression of stored bodies: zstd with the newest dictionary of schema/bodies. A frame names its dictionary, so
// bodies compressed with an older dictionary stay readable. Bodies stored before dictionaries existed are zlib.
#include <string>
#include <string_view>

namespace releasehealth::ledger {

std::string compress(const std::string& body);

/// Whether the bytes start with zstd's magic number, as the output of compress() does.
bool is_zstd(std::string_view);

/// The original body; of corrupt input, the part that can be decompressed.
std::string decompress(std::string compressed);

}
