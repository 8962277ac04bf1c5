#include "collectors/base/utf8.hpp"

#include <algorithm>

namespace releasehealth {
namespace {

bool continues(char byte) { return (byte & 0xC0) == 0x80; }

}

// Checks lengths and minimum values of UTF-8 sequences, without surrogates and values above U+10FFFF (RFC 3629).
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
      if (!continues(text[i + n])) return false;
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

std::size_t count_characters(std::string_view utf8) {
  return utf8.size() - static_cast<std::size_t>(std::ranges::count_if(utf8, continues));
}

std::string_view first_characters(std::string_view utf8, std::size_t most) {
  std::size_t n = 0;
  for (std::size_t i = 0; i < utf8.size(); ++i)
    if (!continues(utf8[i]) && n++ == most) return utf8.substr(0, i);
  return utf8;
}

std::string_view first_bytes(std::string_view utf8, std::size_t most) {
  return utf8.substr(0, begin_of_character(utf8, std::min(utf8.size(), most)));
}

std::size_t begin_of_character(std::string_view utf8, std::size_t position) {
  while (position > 0 && position < utf8.size() && continues(utf8[position])) --position;
  return position;
}

}
