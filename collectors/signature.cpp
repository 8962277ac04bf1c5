#include "collectors/signature.hpp"

#include <algorithm>
#include <utility>

#include "collectors/base/text.hpp"

namespace releasehealth {
namespace {

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

// False if the timestamp is invalid or too far from now.
bool is_recent(std::string_view timestamp, std::int64_t now_unix) {
  const auto sent_unix = parse_number<std::int64_t>(timestamp);
  return sent_unix && *sent_unix >= now_unix - tolerance && *sent_unix <= now_unix + tolerance;
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

// Tries every secret, so that timing does not reveal which one matched.
bool digest_of_any(std::span<const secret> secrets, digest algorithm, std::string_view text, std::string_view digits) {
  const auto given = lower_case(digits);
  bool any = false;
  for (const auto& s : secrets)
    any |= is_usable(s) && equal_in_constant_time(hex(hmac(algorithm, s.reveal(), text)), given);
  return any;
}

}

bool is_public_key(const secret& s) { return s.reveal().starts_with(public_prefix); }

bool is_signing_secret(const secret& s) { return is_public_key(s) || s.reveal().starts_with(secret_prefix); }

bool signed_with_any(std::span<const secret> secrets, std::string_view body, std::string_view header,
                     std::string_view prefix) {
  return header.starts_with(prefix) &&
         digest_of_any(secrets, digest::sha256, body, std::string(header.substr(prefix.size())));
}

bool signed_with_named_digest(std::span<const secret> secrets, std::string_view body, std::string_view header) {
  static constexpr std::pair<std::string_view, digest> digests[] = {{"sha224=", digest::sha224},
                                                                    {"sha256=", digest::sha256},
                                                                    {"sha384=", digest::sha384},
                                                                    {"sha512=", digest::sha512}};
  return std::ranges::any_of(digests, [&](const auto& d) {
    return header.starts_with(d.first) &&
           digest_of_any(secrets, d.second, body, std::string(header.substr(d.first.size())));
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
  return digest_of_any(secrets, digest::sha256, content, std::string(given.hex));
}

std::string standard_webhook_signature(const secret& s, std::string_view id, std::string_view sent_at,
                                       std::string_view body) {
  return to_base64(hmac(digest::sha256, key_of(s), standard_content(id, sent_at, body)));
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
  for (const auto& s : secrets)  // digests have one length, so timing does not reveal the secret's length
    any |= !token.empty() && is_usable(s) && equal_in_constant_time(sha256_hex(s.reveal()), sha256_hex(token));
  return any;
}

}
