#pragma once
// The line-by-line difference of two texts.
#include <map>
#include <sstream>
#include <string>

namespace releasehealth::test {

/// Lines only in `is` (+) or only in `should_be` (-), whatever their order.
inline std::string differing(const std::string& is, const std::string& should_be) {
  if (is == should_be) return {};
  std::map<std::string, int> lines;
  for (const auto& [text, side] : {std::pair(&is, 1), std::pair(&should_be, -1)}) {
    std::istringstream in(*text);
    for (std::string line; std::getline(in, line);) lines[line] += side;
  }
  std::string out;
  for (const auto& [line, side] : lines)
    if (side != 0) out += (side > 0 ? "\n+ " : "\n- ") + line;
  return out;
}

}
