#pragma once
// What a request shows of who sent it, as it stands in headers: tokens, passwords, signatures (sources.md §4.1).
#include <initializer_list>
#include <string>
#include <string_view>

#include "collectors/collector.hpp"
#include "collectors/signature.hpp"

namespace releasehealth {

/// The token of `Authorization: Bearer`; empty for any other scheme, or without one.
std::string_view bearer_token(const headers&);

/// Name and password of `Authorization: Basic`; empty for any other scheme, or without one.
std::pair<std::string, std::string> basic_credentials(const headers&);

/// Families f and g: one of the source's secrets as bearer token, or as the password of any user.
bool shows_secret(const source&, const delivery&);

/// The headers of Standard Webhooks, under their own names or Svix'; empty where there are none.
standard_webhook read_standard_webhook(const headers&);

/// Family e, by the time of receipt.
bool shows_standard_webhook(const source&, const delivery&);

/// Family e where there is such a signature, which then decides alone (sources.md §4.2); else families f and g.
bool shows_standard_webhook_or_secret(const source&, const delivery&);

/// What makes a delivery the same one: the digest of its bytes, for senders that give it no id. (What has an id is told
/// twice only as a delivery: its events are not counted again.)
std::string key_of_bytes(const delivery&);

/// The id that is signed with it; without one the digest of its bytes.
std::string key_of_standard_webhook(const delivery&);

/// The first of these headers that it has, else the digest of its bytes.
std::string key_in(const delivery&, std::initializer_list<std::string_view> names);

/// The seconds since 1970 that signatures with a time are judged by.
std::int64_t whole_unix_seconds(timestamp);

}
