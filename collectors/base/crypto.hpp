#pragma once
// Secrets, digests and signatures, with OpenSSL.
#include <optional>
#include <string>
#include <string_view>

namespace releasehealth {

/// A value that must not appear in any output: it has no operator<< and is read only with reveal().
class secret {
 public:
  explicit secret(std::string value) : value_(std::move(value)) {}
  std::string_view reveal() const { return value_; }

 private:
  std::string value_;
};

enum class digest { sha224, sha256, sha384, sha512 };

/// The bytes of HMAC(key, text).
std::string hmac(digest, std::string_view key, std::string_view text);

/// Lower-case hex of HMAC-SHA256(key, text).
std::string hmac_sha256_hex(std::string_view key, std::string_view text);

/// Whether `signature` is an Ed25519 signature of `text`; both key and signature are raw bytes.
bool verifies_ed25519(std::string_view public_key, std::string_view signature, std::string_view text);

/// The RS256 signature of a text by an RSA private key in PEM form; nothing if it is no such key.
std::optional<std::string> sign_rs256(const std::string& pem_key, std::string_view text);

std::string to_base64(std::string_view bytes);
/// Base64 with - and _ and without padding, as in JSON Web Tokens.
std::string to_base64url(std::string_view bytes);

/// The bytes of a base64 text, whose padding may be missing; empty if it is not base64.
std::string from_base64(std::string text);

/// Lower-case hex of SHA-256(text).
std::string sha256_hex(std::string_view text);

/// Compares in time independent of where the texts differ. Texts of different lengths are unequal.
bool equal_in_constant_time(std::string_view, std::string_view);

}
