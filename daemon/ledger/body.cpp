#include "daemon/ledger/body.hpp"

#include <stdexcept>

#include <zlib.h>

namespace releasehealth::ledger {

std::string compress(const std::string& body) {
  std::string out(compressBound(static_cast<uLong>(body.size())), '\0');
  auto size = static_cast<uLongf>(out.size());
  if (compress2(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(body.data()),
                static_cast<uLong>(body.size()), Z_BEST_SPEED) != Z_OK)
    throw std::runtime_error("zlib could not compress a body");
  out.resize(size);
  return out;
}

std::string decompress(std::string compressed) {
  std::string out;
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) return out;
  stream.next_in = reinterpret_cast<Bytef*>(compressed.data());
  stream.avail_in = static_cast<uInt>(compressed.size());
  char part[64 * 1024];
  for (int state = Z_OK; state == Z_OK;) {
    stream.next_out = reinterpret_cast<Bytef*>(part);
    stream.avail_out = sizeof part;
    state = inflate(&stream, Z_NO_FLUSH);
    out.append(part, sizeof part - stream.avail_out);
  }
  inflateEnd(&stream);
  return out;
}

}
