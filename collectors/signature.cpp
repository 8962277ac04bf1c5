#include "collectors/signature.hpp"

#include <algorithm>
#include <array>
#include <charconv>
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

using digest = std::array<unsigned char, 32>;

digest hmac_sha256(std::string_view key, std::string_view text) {
  digest out{};
  unsigned int size = 0;
  if (!HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(text), text.size(), out.data(), &size))
    throw std::runtime_error("OpenSSL refused to compute HMAC-SHA256");
  return out;
}

std::string base64(std::span<const unsigned char> bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
  out.resize(static_cast<std::size_t>(
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes.data(), static_cast<int>(bytes.size()))));
  return out;
}

// Missing padding is tolerated; empty for what is no base64.
std::string from_base64(std::string text) {
  while (!text.empty() && text.back() == '=') text.pop_back();
  const auto length = text.size() * 3 / 4;
  text.append((4 - text.size() % 4) % 4, '=');
  std::string out(text.size() / 4 * 3, '\0');
  if (text.empty() ||
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes_of(text), static_cast<int>(text.size())) < 0)
    return {};
  out.resize(length);
  return out;
}

std::string key_of(const secret& s) {
  constexpr std::string_view prefix = "whsec_";
  const auto text = s.reveal();
  return text.starts_with(prefix) ? from_base64(std::string(text.substr(prefix.size()))) : std::string(text);
}

}

std::string hmac_sha256_hex(std::string_view key, std::string_view text) { return hex(hmac_sha256(key, text)); }

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

std::string standard_webhook_signature(const secret& s, std::string_view id, std::string_view timestamp,
                                       std::string_view body) {
  std::string content(id);
  content.append(".").append(timestamp).append(".").append(body);
  return base64(hmac_sha256(key_of(s), content));
}

bool signed_as_standard_webhook(std::span<const secret> secrets, const standard_webhook& w, std::string_view body,
                                std::int64_t now_unix) {
  constexpr std::int64_t tolerance = 300;
  std::int64_t at = 0;
  const auto [end, ec] = std::from_chars(w.timestamp.data(), w.timestamp.data() + w.timestamp.size(), at);
  if (w.id.empty() || ec != std::errc{} || end != w.timestamp.data() + w.timestamp.size()) return false;
  if (at < now_unix - tolerance || at > now_unix + tolerance) return false;
  bool any = false;
  for (const auto& s : secrets) {
    if (key_of(s).empty()) continue;
    const auto wanted = "v1," + standard_webhook_signature(s, w.id, w.timestamp, body);
    for (std::size_t from = 0; from < w.signatures.size();) {
      const auto space = std::min(w.signatures.find(' ', from), w.signatures.size());
      any |= equal_in_constant_time(wanted, w.signatures.substr(from, space - from));
      from = space + 1;
    }
  }
  return any;
}

bool token_is_any(std::span<const secret> secrets, std::string_view token) {
  bool any = false;
  for (const auto& s : secrets)  // digests have one length, so that the secret's own length stays unknown
    any |= !token.empty() && !s.reveal().empty() && equal_in_constant_time(sha256_hex(s.reveal()), sha256_hex(token));
  return any;
}

}
