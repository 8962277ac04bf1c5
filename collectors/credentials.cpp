#include "collectors/credentials.hpp"

#include "collectors/signature.hpp"

namespace releasehealth {
namespace {

std::string_view after_scheme(const headers& all, std::string_view scheme) {
  const auto given = all.get("Authorization");
  return given.starts_with(scheme) ? given.substr(scheme.size()) : std::string_view();
}

}

std::string_view bearer_token(const headers& all) { return after_scheme(all, "Bearer "); }

std::pair<std::string, std::string> basic_credentials(const headers& all) {
  const auto pair = from_base64(std::string(after_scheme(all, "Basic ")));
  const auto colon = pair.find(':');
  if (colon == pair.npos) return {};
  return {pair.substr(0, colon), pair.substr(colon + 1)};
}

bool shows_secret(const source& s, const delivery& d) {
  const auto token = bearer_token(d.header);
  return token_is_any(s.secrets, token.empty() ? basic_credentials(d.header).second : std::string(token));
}

standard_webhook read_standard_webhook(const headers& all) {
  // never mix headers of the two sets: an unsigned value could then accompany a valid signature
  if (all.get("webhook-signature").empty() && !all.get("svix-signature").empty())
    return {all.get("svix-id"), all.get("svix-timestamp"), all.get("svix-signature")};
  return {all.get("webhook-id"), all.get("webhook-timestamp"), all.get("webhook-signature")};
}

bool shows_standard_webhook(const source& s, const delivery& d) {
  return signed_as_standard_webhook(s.secrets, read_standard_webhook(d.header), d.body,
                                    whole_unix_seconds(d.received_at));
}

bool shows_standard_webhook_or_secret(const source& s, const delivery& d) {
  return read_standard_webhook(d.header).signatures.empty() ? shows_secret(s, d) : shows_standard_webhook(s, d);
}

std::string key_of_bytes(const delivery& d) { return sha256_hex(d.body); }

std::string key_of_standard_webhook(const delivery& d) {
  const auto id = read_standard_webhook(d.header).id;
  return id.empty() ? key_of_bytes(d) : std::string(id);
}

std::string key_in(const delivery& d, std::initializer_list<std::string_view> names) {
  for (const auto name : names)
    if (const auto id = d.header.get(name); !id.empty()) return std::string(id);
  return key_of_bytes(d);
}

std::int64_t whole_unix_seconds(timestamp instant) {
  return std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count();
}

}
