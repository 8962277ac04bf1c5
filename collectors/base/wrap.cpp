#include "collectors/base/wrap.hpp"

#include "collectors/base/utf8.hpp"

namespace releasehealth {
namespace {

void append_line(std::string& out, std::string_view line, std::size_t width, std::size_t indent) {
  const auto first_word = line.find_first_not_of(' ');
  std::size_t used = 0;  // characters of the current line
  for (std::size_t begin = 0; begin < line.size();) {
    auto end = line.find(' ', begin == 0 && first_word != line.npos ? first_word : begin);
    if (end == line.npos) end = line.size();
    const auto word = line.substr(begin, end - begin);
    const auto length = static_cast<std::size_t>(count_characters(word));
    if (used > 0 && used + 1 + length > width) {
      out.append("\n").append(indent, ' ');
      used = indent;
    } else if (used > 0) {
      out += ' ';
      ++used;
    }
    out += word;
    used += length;
    begin = end + 1;
  }
}

}

std::string wrapped(std::string_view text, std::size_t width, std::size_t indent) {
  if (width == 0) return std::string(text);
  std::string out;
  for (std::size_t begin = 0; begin < text.size();) {
    auto end = text.find('\n', begin);
    const bool ends = end != text.npos;
    if (!ends) end = text.size();
    append_line(out, text.substr(begin, end - begin), width, indent);
    if (ends) out += '\n';
    begin = end + 1;
  }
  return out;
}

}
