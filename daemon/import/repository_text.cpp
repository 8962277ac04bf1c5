// Normalizes texts of repositories: commit messages in any encoding, URLs in any spelling.
#include <algorithm>
#include <cerrno>
#include <memory>

#include <iconv.h>

#include "daemon/import/repository.hpp"
#include "daemon/timeline/repository.hpp"

namespace releasehealth {
namespace {

struct converter {
  iconv_t handle;
  explicit converter(const char* encoding) : handle(iconv_open("UTF-8", encoding)) {}
  converter(const converter&) = delete;
  converter& operator=(const converter&) = delete;
  ~converter() {
    if (is_known()) iconv_close(handle);
  }
  bool is_known() const { return handle != reinterpret_cast<iconv_t>(-1); }  // NOLINT: POSIX's error value
};

constexpr std::string_view replacement = "\xEF\xBF\xBD";

// The length in bytes of the UTF-8 character at the start (RFC 3629); 0: the bytes are not valid.
std::size_t character_at(std::string_view text) {
  const auto byte = [&](std::size_t n) { return n < text.size() ? static_cast<unsigned char>(text[n]) : 0U; };
  const auto goes_on = [&](std::size_t n, unsigned least = 0x80, unsigned most = 0xBF) {
    return byte(n) >= least && byte(n) <= most;
  };
  const auto first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return goes_on(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF)
    return goes_on(1, first == 0xE0 ? 0xA0 : 0x80, first == 0xED ? 0x9F : 0xBF) && goes_on(2) ? 3 : 0;
  if (first >= 0xF0 && first <= 0xF4)
    return goes_on(1, first == 0xF0 ? 0x90 : 0x80, first == 0xF4 ? 0x8F : 0xBF) && goes_on(2) && goes_on(3) ? 4 : 0;
  return 0;
}

std::string only_utf8(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto length = character_at(text);
    if (text.front() != '\0') out += length > 0 ? text.substr(0, length) : replacement;  // PostgreSQL cannot store NUL
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

}

std::string to_utf8(std::string_view text, const char* encoding) {
  if (!encoding || *encoding == '\0') return only_utf8(text);
  const converter named(encoding);
  if (!named.is_known()) return only_utf8(text);
  std::string out, rest(text);
  auto* read = rest.data();
  auto left = rest.size();
  while (left > 0) {
    char room[256];
    auto* end = room;
    auto free = sizeof room;
    const auto status = iconv(named.handle, &read, &left, &end, &free);
    const auto why = errno;
    out.append(room, end);
    if (status != static_cast<std::size_t>(-1) || why == E2BIG) continue;
    out += replacement;  // invalid in this encoding
    ++read;
    --left;
  }
  return only_utf8(out);
}

std::string repository_of_url(const std::string& url) {
  const bool has_scheme = url.find("://") != url.npos;
  const bool is_of_ssh = url.find(':') < url.find('/');  // host:path
  return url.starts_with("file:") || !(has_scheme || is_of_ssh) ? std::string() : repository_key(url);
}

}
