#include "collectors/signature.hpp"

#include <stdexcept>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace releasehealth {
namespace {

std::string hex(std::span<const unsigned char> bytes) {
  constexpr char digits[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (unsigned char b : bytes) {
    out += digits[b >> 4];
    out += digits[b & 15];
  }
  return out;
}

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

}

std::string hmac_sha256_hex(std::string_view key, std::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (!HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(text), text.size(), digest, &size))
    throw std::runtime_error("OpenSSL refused to compute HMAC-SHA256");
  return hex({digest, size});
}

std::string sha256_hex(std::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (!EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha256(), nullptr))
    throw std::runtime_error("OpenSSL refused to compute SHA-256");
  return hex({digest, size});
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool signed_with_any(std::span<const secret> secrets, std::string_view body, std::string_view header,
                     std::string_view prefix) {
  if (!header.starts_with(prefix)) return false;
  std::string given(header.substr(prefix.size()));
  if (given.size() != 64) return false;
  for (char& c : given)
    if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
  bool any = false;  // every secret is tried, so that the time does not tell which one matched
  for (const auto& s : secrets)
    any |= !s.reveal().empty() && equal_in_constant_time(hmac_sha256_hex(s.reveal(), body), given);
  return any;
}

bool token_is_any(std::span<const secret> secrets, std::string_view token) {
  bool any = false;
  for (const auto& s : secrets)  // digests have one length, so that the secret's own length stays unknown
    any |= !token.empty() && !s.reveal().empty() && equal_in_constant_time(sha256_hex(s.reveal()), sha256_hex(token));
  return any;
}

}
