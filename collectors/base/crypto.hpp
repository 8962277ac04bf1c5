#pragma once
// Secrets, digests and signatures: what the project needs of OpenSSL.
#include <string>
#include <string_view>

namespace releasehealth {

/// A value that no output may show: it has no operator<< and is read by name only.
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

/// Whether `signature` is an Ed25519 signature of `text`; keys and signatures as bytes.
bool verifies_ed25519(std::string_view public_key, std::string_view signature, std::string_view text);

std::string to_base64(std::string_view bytes);

/// The bytes of a base64 text, whose padding may be missing; empty for what is no base64.
std::string from_base64(std::string text);

/// Lower-case hex of SHA-256(text).
std::string sha256_hex(std::string_view text);

/// Compares without telling by its time where two texts differ. Different lengths differ.
bool equal_in_constant_time(std::string_view, std::string_view);

}
