// Times and durations: what is read is written and read as the same.
#include "collectors/time.hpp"

#include <cstdint>
#include <cstdlib>

using namespace releasehealth;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto t = parse_time(text); t && parse_time(format_time(*t)) != t) std::abort();
  if (const auto d = parse_duration(text); d && parse_duration(format_duration(*d)) != d) std::abort();
  return 0;
}
