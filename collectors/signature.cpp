#include "collectors/signature.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <stdexcept>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "collectors/text.hpp"

namespace releasehealth {
namespace {

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

// HMAC() looks for its implementation at every call, which takes a tenth of the time for a webhook's body.
class hmac_context {
 public:
  explicit hmac_context(const EVP_MD* digest)
      : algorithm_(EVP_MAC_fetch(nullptr, "HMAC", nullptr), EVP_MAC_free),
        context_(algorithm_ ? EVP_MAC_CTX_new(algorithm_.get()) : nullptr, EVP_MAC_CTX_free) {
    std::string name = EVP_MD_get0_name(digest);
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.data(), 0),
                                     OSSL_PARAM_construct_end()};
    if (!context_ || EVP_MAC_CTX_set_params(context_.get(), parameters) != 1) refuse();
  }

  std::string operator()(std::string_view key, std::string_view text) {
    static constexpr unsigned char no_key[1] = {};  // a null one would stand for the key before
    unsigned char out[EVP_MAX_MD_SIZE];
    std::size_t size = 0;
    if (EVP_MAC_init(context_.get(), key.empty() ? no_key : bytes_of(key), key.size(), nullptr) != 1 ||
        EVP_MAC_update(context_.get(), bytes_of(text), text.size()) != 1 ||
        EVP_MAC_final(context_.get(), out, &size, sizeof out) != 1)
      refuse();
    return {reinterpret_cast<const char*>(out), size};
  }

 private:
  [[noreturn]] static void refuse() { throw std::runtime_error("OpenSSL refused to compute an HMAC"); }
  std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> algorithm_;
  std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)> context_;
};

std::string hmac(const EVP_MD* digest, std::string_view key, std::string_view text) {
  thread_local std::map<const EVP_MD*, hmac_context> contexts;
  return contexts.try_emplace(digest, digest).first->second(key, text);
}

std::string base64(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
  out.resize(static_cast<std::size_t>(
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes_of(bytes), static_cast<int>(bytes.size()))));
  return out;
}

constexpr std::string_view secret_prefix = "whsec_", public_prefix = "whpk_";
constexpr std::int64_t tolerance = 300;  // seconds, both ways

bool is_usable(const secret& s) { return !s.reveal().empty() && !is_public_key(s); }

std::string after_prefix(std::string_view text, std::string_view prefix) {
  return from_base64(std::string(text.substr(prefix.size())));
}

std::string key_of(const secret& s) {
  const auto text = s.reveal();
  if (is_public_key(s)) return {};
  return text.starts_with(secret_prefix) ? after_prefix(text, secret_prefix) : std::string(text);
}

std::string standard_content(std::string_view id, std::string_view timestamp, std::string_view body) {
  std::string content(id);
  return content.append(".").append(timestamp).append(".").append(body);
}

// Nothing for what is no time, or one too far from now.
bool is_recent(std::string_view timestamp, std::int64_t now_unix) {
  const auto at = parse_number<std::int64_t>(timestamp);
  return at && *at >= now_unix - tolerance && *at <= now_unix + tolerance;
}

bool verifies_ed25519(const std::string& public_key, const std::string& signature, const std::string& content) {
  using key_pointer = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
  using context_pointer = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
  const key_pointer key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(public_key), public_key.size()),
                        EVP_PKEY_free);
  const context_pointer context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  return key && context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(content), content.size()) == 1;
}

// Calls f for each part of a list, without the spaces before it.
template <class F>
void for_each_part(std::string_view list, char separator, const F& f) {
  while (!list.empty()) {
    auto part = take_part(list, separator);
    while (part.starts_with(' ')) part.remove_prefix(1);
    f(part);
  }
}

// Every secret is tried, so that the time does not tell which one matched.
bool digest_of_any(std::span<const secret> secrets, const EVP_MD* digest, std::string_view text,
                   std::string_view digits) {
  const auto given = lower_case(digits);
  bool any = false;
  for (const auto& s : secrets)
    any |= is_usable(s) && equal_in_constant_time(hex(hmac(digest, s.reveal(), text)), given);
  return any;
}

}

bool is_public_key(const secret& s) { return s.reveal().starts_with(public_prefix); }

bool is_signing_secret(const secret& s) { return is_public_key(s) || s.reveal().starts_with(secret_prefix); }

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

std::string hmac_sha256_hex(std::string_view key, std::string_view text) { return hex(hmac(EVP_sha256(), key, text)); }

std::string sha256_hex(std::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (!EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha256(), nullptr))
    throw std::runtime_error("OpenSSL refused to compute SHA-256");
  return hex({reinterpret_cast<const char*>(digest), size});
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool signed_with_any(std::span<const secret> secrets, std::string_view body, std::string_view header,
                     std::string_view prefix) {
  return header.starts_with(prefix) &&
         digest_of_any(secrets, EVP_sha256(), body, std::string(header.substr(prefix.size())));
}

bool signed_with_named_digest(std::span<const secret> secrets, std::string_view body, std::string_view header) {
  static constexpr std::pair<std::string_view, const EVP_MD* (*)()> digests[] = {
      {"sha224=", EVP_sha224}, {"sha256=", EVP_sha256}, {"sha384=", EVP_sha384}, {"sha512=", EVP_sha512}};
  return std::ranges::any_of(digests, [&](const auto& d) {
    return header.starts_with(d.first) &&
           digest_of_any(secrets, d.second(), body, std::string(header.substr(d.first.size())));
  });
}

bool signed_in_list(std::span<const secret> secrets, std::string_view body, std::string_view list) {
  bool any = false;
  for_each_part(list, ',', [&](std::string_view one) { any |= signed_with_any(secrets, body, one, "v1="); });
  return any;
}

bool signed_at_time(std::span<const secret> secrets, const timed_signature& given, std::string_view body,
                    std::int64_t now_unix) {
  if (!is_recent(given.timestamp, now_unix)) return false;
  std::string content(given.timestamp);
  content.append(given.separator).append(body);
  return digest_of_any(secrets, EVP_sha256(), content, std::string(given.hex));
}

std::string standard_webhook_signature(const secret& s, std::string_view id, std::string_view sent_at,
                                       std::string_view body) {
  return base64(hmac(EVP_sha256(), key_of(s), standard_content(id, sent_at, body)));
}

bool signed_as_standard_webhook(std::span<const secret> secrets, const standard_webhook& w, std::string_view body,
                                std::int64_t now_unix) {
  constexpr std::string_view asymmetric = "v1a,";
  if (w.id.empty() || !is_recent(w.timestamp, now_unix)) return false;
  bool any = false;
  for (const auto& s : secrets) {
    if (is_public_key(s)) {
      const auto key = after_prefix(s.reveal(), public_prefix), content = standard_content(w.id, w.timestamp, body);
      for_each_part(w.signatures, ' ', [&](std::string_view one) {
        any |= one.starts_with(asymmetric) && verifies_ed25519(key, after_prefix(one, asymmetric), content);
      });
    } else if (!key_of(s).empty()) {
      const auto wanted = "v1," + standard_webhook_signature(s, w.id, w.timestamp, body);
      for_each_part(w.signatures, ' ', [&](std::string_view one) { any |= equal_in_constant_time(wanted, one); });
    }
  }
  return any;
}

bool token_is_any(std::span<const secret> secrets, std::string_view token) {
  bool any = false;
  for (const auto& s : secrets)  // digests have one length, so that the secret's own length stays unknown
    any |= !token.empty() && is_usable(s) && equal_in_constant_time(sha256_hex(s.reveal()), sha256_hex(token));
  return any;
}

}
