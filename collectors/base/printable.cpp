#include "collectors/base/printable.hpp"

#include <cstdint>

namespace releasehealth {
namespace {

struct range {
  std::uint32_t first, last;
};
constexpr range obeyed[] = {{0x00, 0x08},     {0x0B, 0x1F},     {0x7F, 0x9F},     {0x061C, 0x061C},
                            {0x200B, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x2069}, {0xFEFF, 0xFEFF}};

bool is_obeyed(std::uint32_t c) {
  for (const auto& r : obeyed)
    if (c >= r.first && c <= r.last) return true;
  return false;
}

struct character {
  std::uint32_t code = 0;
  std::size_t size = 0;  ///< in bytes; 0: no character begins with the first byte
};

// Decodes the first character; only its shortest form, without surrogates and values above U+10FFFF (RFC 3629).
character first_of(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])); };
  const auto lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t size = lead >= 0xF0 && lead < 0xF5 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
  if (size == 0 || lead >= 0xF5 || text.size() < size) return {};
  constexpr std::uint32_t of_lead[] = {0, 0, 0x1F, 0x0F, 0x07}, least[] = {0, 0, 0x80, 0x800, 0x10000};
  auto code = lead & of_lead[size];
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    code = (code << 6) | (byte(i) & 0x3F);
  }
  if (code < least[size] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return {};
  return {code, size};
}

void append_escape(std::string& out, std::uint32_t code) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += digits[(code >> shift) & 0xF];
}

}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto c = first_of(text);
    if (c.size == 0)
      append_escape(out, 0xFFFD);
    else if (is_obeyed(c.code))
      append_escape(out, c.code);
    else
      out += text.substr(0, c.size);
    text.remove_prefix(c.size == 0 ? 1 : c.size);
  }
  return out;
}

bool is_printable(std::string_view text) {
  while (!text.empty()) {
    const auto c = first_of(text);
    if (c.size == 0 || is_obeyed(c.code)) return false;
    text.remove_prefix(c.size);
  }
  return true;
}

}
