#include "collectors/base/crypto.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <stdexcept>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>

#include "collectors/base/text.hpp"

namespace releasehealth {
namespace {

constexpr std::string_view digest_names[] = {"SHA224", "SHA256", "SHA384", "SHA512"};  // indexed by enum digest

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

// HMAC() looks up its implementation at every call, which takes a tenth of the time for a webhook's body.
class hmac_context {
 public:
  explicit hmac_context(digest algorithm)
      : algorithm_(EVP_MAC_fetch(nullptr, "HMAC", nullptr), EVP_MAC_free),
        context_(algorithm_ ? EVP_MAC_CTX_new(algorithm_.get()) : nullptr, EVP_MAC_CTX_free) {
    std::string name(digest_names[static_cast<std::size_t>(algorithm)]);
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.data(), 0),
                                     OSSL_PARAM_construct_end()};
    if (!context_ || EVP_MAC_CTX_set_params(context_.get(), parameters) != 1) refuse();
  }

  std::string operator()(std::string_view key, std::string_view text) {
    static constexpr unsigned char no_key[1] = {};  // a null key would mean the previous key
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

}

std::string hmac(digest algorithm, std::string_view key, std::string_view text) {
  thread_local std::map<digest, hmac_context> contexts;
  return contexts.try_emplace(algorithm, algorithm).first->second(key, text);
}

bool verifies_ed25519(std::string_view public_key, std::string_view signature, std::string_view text) {
  using key_pointer = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
  using context_pointer = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
  const key_pointer key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(public_key), public_key.size()),
                        EVP_PKEY_free);
  const context_pointer context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  return key && context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text), text.size()) == 1;
}

std::optional<std::string> sign_rs256(const std::string& pem_key, std::string_view text) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> pem(BIO_new_mem_buf(pem_key.data(), static_cast<int>(pem_key.size())),
                                                      BIO_free);
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      pem ? PEM_read_bio_PrivateKey(pem.get(), nullptr, nullptr, nullptr) : nullptr, EVP_PKEY_free);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  std::size_t size = 0;
  if (!key || !context || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA ||
      EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, bytes_of(text), text.size()) != 1)
    return {};
  std::string signature(size, '\0');
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes_of(text),
                     text.size()) != 1)
    return {};
  signature.resize(size);
  return signature;
}

std::string to_base64url(std::string_view bytes) {
  auto text = to_base64(bytes);
  while (text.ends_with('=')) text.pop_back();
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  return text;
}

std::string to_base64(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
  out.resize(static_cast<std::size_t>(
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes_of(bytes), static_cast<int>(bytes.size()))));
  return out;
}

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

std::string hmac_sha256_hex(std::string_view key, std::string_view text) {
  return hex(hmac(digest::sha256, key, text));
}

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

}
