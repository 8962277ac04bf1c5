#pragma once
// Credentials in the headers of a request: tokens, passwords, signatures (sources.md §4.1).
#include <initializer_list>
#include <string>
#include <string_view>

#include "collectors/collector.hpp"
#include "collectors/signature.hpp"

namespace releasehealth {

/// The token of `Authorization: Bearer`; empty for any other scheme or without the header.
std::string_view bearer_token(const headers&);

/// Name and password of `Authorization: Basic`; empty for any other scheme or without the header.
std::pair<std::string, std::string> basic_credentials(const headers&);

/// Families f and g: one of the source's secrets as bearer token, or as the password of any user.
bool shows_secret(const source&, const delivery&);

/// The headers of Standard Webhooks, by their own names or those of Svix; empty if there are none.
standard_webhook read_standard_webhook(const headers&);

/// Family e; the timestamp is compared with the time of receipt.
bool shows_standard_webhook(const source&, const delivery&);

/// Family e if there is such a signature, which alone decides (sources.md §4.2); else families f and g.
bool shows_standard_webhook_or_secret(const source&, const delivery&);

/// The key of a delivery whose sender gives it no id: the digest of its body. A repeated delivery with another id is
/// harmless, because its events are not counted again.
std::string key_of_bytes(const delivery&);

/// The signed id of the delivery, else the digest of its body.
std::string key_of_standard_webhook(const delivery&);

/// The first of these headers that is set, else the digest of the body.
std::string key_in(const delivery&, std::initializer_list<std::string_view> names);

/// Seconds since 1970, for the verification of timed signatures.
std::int64_t whole_unix_seconds(timestamp);

}
