// The configuration: any text is either read or rejected with errors.
#include <cstdint>
#include <cstdlib>

#include "daemon/config/config.hpp"

using namespace releasehealth;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = parse_config({reinterpret_cast<const char*>(data), size}, "fuzz.toml",
                                 [](const std::string&) { return std::optional<std::string>(); });
  if (const auto* wrong = std::get_if<config_mistakes>(&read); wrong && wrong->all.empty()) std::abort();
  return 0;
}
