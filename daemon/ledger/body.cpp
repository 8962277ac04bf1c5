#include "daemon/ledger/body.hpp"

#include <memory>
#include <new>

#include <libdeflate.h>
#include <zlib.h>

namespace releasehealth::ledger {

std::string compress(const std::string& body) {
  struct free_compressor {
    void operator()(libdeflate_compressor* c) const { libdeflate_free_compressor(c); }
  };
  constexpr int fastest = 1;
  thread_local const std::unique_ptr<libdeflate_compressor, free_compressor> one(libdeflate_alloc_compressor(fastest));
  if (!one) throw std::bad_alloc();
  std::string out(libdeflate_zlib_compress_bound(one.get(), body.size()), '\0');
  out.resize(libdeflate_zlib_compress(one.get(), body.data(), body.size(), out.data(), out.size()));
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
