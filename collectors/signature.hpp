#pragma once
// Authentication of senders, one function per signature family. All compare in constant time and fail closed.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "collectors/base/crypto.hpp"

namespace releasehealth {

/// Whether a secret is the public key of asymmetric signatures, `whpk_` and base64: knowing it proves nothing.
bool is_public_key(const secret&);

/// Whether it is a secret of Standard Webhooks, `whsec_`, or such a public key.
bool is_signing_secret(const secret&);

/// Family a (sources.md §4.1): `<prefix><hex HMAC-SHA256(secret, body)>`, upper or lower case, for any of the secrets.
/// An empty or short digest, an empty list of secrets, and a public key match nothing.
bool signed_with_any(std::span<const secret>, std::string_view body, std::string_view header, std::string_view prefix);

/// Like signed_with_any(), but the prefix names the digest: `sha224=`, `sha256=`, `sha384=` or `sha512=`.
bool signed_with_named_digest(std::span<const secret>, std::string_view body, std::string_view header);

/// Family b: a list of `v1=<hex HMAC-SHA256(secret, body)>`, with several entries during a rotation; other versions are
/// skipped.
bool signed_in_list(std::span<const secret>, std::string_view body, std::string_view list);

/// Families c and d: `<hex HMAC-SHA256(secret, timestamp + separator + body)>`. Rejected if the timestamp, in seconds,
/// differs from `now_unix` by more than five minutes.
struct timed_signature {
  std::string_view timestamp, separator, hex;
};
bool signed_at_time(std::span<const secret>, const timed_signature&, std::string_view body, std::int64_t now_unix);

/// Family e (sources.md §13): Standard Webhooks. `signatures` is a list of `v1,<base64 HMAC-SHA256(secret,
/// id.timestamp.body)>` and `v1a,<base64 Ed25519(secret, id.timestamp.body)>`; other versions are skipped. A secret is
/// `whsec_` and base64, or the key itself; for `v1a`, it is the public key, `whpk_` and base64. Rejected if the
/// timestamp differs from `now_unix` by more than five minutes.
struct standard_webhook {
  std::string_view id, timestamp, signatures;
};
/// The base64 part of such a signature, without its version.
std::string standard_webhook_signature(const secret&, std::string_view id, std::string_view timestamp,
                                       std::string_view body);
bool signed_as_standard_webhook(std::span<const secret>, const standard_webhook&, std::string_view body,
                                std::int64_t now_unix);

/// A shared token in a header, for any of the secrets. An empty token, an empty secret and a public key match nothing.
bool token_is_any(std::span<const secret>, std::string_view token);

}
