#include "daemon/ledger/body.hpp"

#include <map>
#include <memory>
#include <new>

#include <zlib.h>
#include <zstd.h>

#include "dictionaries.hpp"

namespace releasehealth::ledger {
namespace {

constexpr int level = 3;

struct free_zstd {
  void operator()(ZSTD_CCtx* c) const { ZSTD_freeCCtx(c); }
  void operator()(ZSTD_DCtx* d) const { ZSTD_freeDCtx(d); }
  void operator()(ZSTD_CDict* d) const { ZSTD_freeCDict(d); }
  void operator()(ZSTD_DDict* d) const { ZSTD_freeDDict(d); }
};

template <class T>
std::unique_ptr<T, free_zstd> owned(T* made) {
  if (!made) throw std::bad_alloc();
  return std::unique_ptr<T, free_zstd>(made);
}

std::string inflate_all(std::string compressed) {
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

// Null: the frame names no known dictionary.
const ZSTD_DDict* dictionary_of(const std::string& compressed) {
  static const auto all = [] {
    std::map<unsigned, std::unique_ptr<ZSTD_DDict, free_zstd>> read;
    for (const auto& [name, bytes] : dictionaries::all)
      read.emplace(ZSTD_getDictID_fromDict(bytes.data(), bytes.size()),
                   owned(ZSTD_createDDict(bytes.data(), bytes.size())));
    return read;
  }();
  const auto found = all.find(ZSTD_getDictID_fromFrame(compressed.data(), compressed.size()));
  return found == all.end() ? nullptr : found->second.get();
}

std::string decompress_all(const std::string& compressed) {
  const auto reading = owned(ZSTD_createDCtx());
  ZSTD_DCtx_refDDict(reading.get(), dictionary_of(compressed));
  std::string out, part(ZSTD_DStreamOutSize(), '\0');
  ZSTD_inBuffer input{compressed.data(), compressed.size(), 0};
  for (bool has_more = true; has_more;) {
    ZSTD_outBuffer output{part.data(), part.size(), 0};
    const auto left = ZSTD_decompressStream(reading.get(), &output, &input);
    if (ZSTD_isError(left)) break;
    out.append(part, 0, output.pos);
    has_more = left != 0 && (input.pos < input.size || output.pos == output.size);
  }
  return out;
}

}

std::string compress(const std::string& body) {
  static const auto dictionary = [] {
    const auto& newest = dictionaries::all[0].second;
    return owned(ZSTD_createCDict(newest.data(), newest.size(), level));
  }();
  thread_local const auto writing = owned(ZSTD_createCCtx());
  std::string out(ZSTD_compressBound(body.size()), '\0');
  const auto size =
      ZSTD_compress_usingCDict(writing.get(), out.data(), out.size(), body.data(), body.size(), dictionary.get());
  if (ZSTD_isError(size)) throw std::bad_alloc();  // the output buffer is large enough, so only allocation can fail
  out.resize(size);
  return out;
}

bool is_zstd(std::string_view bytes) { return bytes.starts_with("\x28\xb5\x2f\xfd"); }

std::string decompress(std::string compressed) {
  return is_zstd(compressed) ? decompress_all(compressed) : inflate_all(std::move(compressed));
}

}
