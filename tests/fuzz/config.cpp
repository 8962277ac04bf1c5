// The configuration: any text is read or refused.
#include "daemon/config.hpp"

#include <cstdint>

using namespace releasehealth;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)parse_config({reinterpret_cast<const char*>(data), size}, "fuzz.toml",
                     [](const std::string&) { return std::optional<std::string>(); });
  return 0;
}
