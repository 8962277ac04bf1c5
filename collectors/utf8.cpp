#include "collectors/utf8.hpp"

namespace releasehealth {

// Lengths and least values of UTF-8's sequences, surrogates and everything above U+10FFFF excepted (RFC 3629).
bool is_storable(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = [&](std::size_t n) { return static_cast<unsigned char>(text[i + n]); };
    const auto first = byte(0);
    const std::size_t length = first < 0x80   ? 1
                               : first < 0xC2 ? 0
                               : first < 0xE0 ? 2
                               : first < 0xF0 ? 3
                               : first < 0xF5 ? 4
                                              : 0;
    if (first == 0 || length == 0 || i + length > text.size()) return false;
    for (std::size_t n = 1; n < length; ++n)
      if ((byte(n) & 0xC0) != 0x80) return false;
    if (length > 2) {
      const auto second = byte(1);
      if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second >= 0xA0) || (first == 0xF0 && second < 0x90) ||
          (first == 0xF4 && second >= 0x90))
        return false;
    }
    i += length;
  }
  return true;
}

}
