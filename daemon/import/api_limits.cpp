#include "daemon/import/api_limits.hpp"

#include <algorithm>
#include <array>

#include "collectors/base/json.hpp"
#include "collectors/base/text.hpp"
#include "daemon/http/client.hpp"

namespace releasehealth {
namespace {

/// Headers with the number of requests left, and with the end of the limit: seconds since 1970, or from now on.
struct limit_headers {
  std::string_view remaining, reset;
};
constexpr std::array families{
    limit_headers{"X-RateLimit-Remaining", "X-RateLimit-Reset"},  // GitHub, Azure DevOps, Jira
    limit_headers{"RateLimit-Remaining", "RateLimit-Reset"},      // GitLab, PagerDuty
    limit_headers{"X-Sentry-Rate-Limit-Remaining", "X-Sentry-Rate-Limit-Reset"},
};

std::optional<std::int64_t> whole_number(std::string_view text) {
  const auto value = parse_number<std::int64_t>(text);
  return value && *value >= 0 ? value : std::nullopt;
}

// A number above this is an instant, below it a duration: 2001 as seconds since 1970, 31 years as a duration.
constexpr std::int64_t first_instant = 1'000'000'000;

std::optional<timestamp> read_reset(std::string_view text, timestamp now) {
  if (const auto number = whole_number(text))
    return *number >= first_instant ? timestamp{std::chrono::seconds(*number)} : now + std::chrono::seconds(*number);
  return parse_time(text);
}

std::optional<timestamp> read_retry(const http::response& answer, timestamp now) {
  const auto text = header_of(answer, "Retry-After");
  if (const auto seconds = whole_number(text)) return now + std::chrono::seconds(*seconds);
  return http::parse_date(std::string(text));
}

// GitHub refuses with 403 instead of 429, and tells a secondary limit in its message only.
bool is_refusal(const http::response& answer, bool is_exhausted) {
  constexpr unsigned forbidden = 403, too_many = 429;
  if (answer.status == too_many) return true;
  if (answer.status != forbidden) return false;
  return is_exhausted || !header_of(answer, "Retry-After").empty() ||
         lower_case(answer.body).find("rate limit") != std::string::npos;
}

}

std::string_view header_of(const http::response& answer, std::string_view name) {
  const auto found =
      std::ranges::find_if(answer.header, [&](const auto& h) { return equal_ignoring_case(h.first, name); });
  return found == answer.header.end() ? std::string_view() : found->second;
}

api_limits read_limits(const http::response& answer, timestamp now) {
  api_limits limits;
  bool is_exhausted = false;
  const auto wait_until = [&](std::optional<timestamp> reset) {
    if (reset) limits.not_before = std::max(*reset, limits.not_before.value_or(*reset));
  };
  for (const auto& family : families)
    if (whole_number(header_of(answer, family.remaining)) == 0) {
      is_exhausted = true;
      wait_until(read_reset(header_of(answer, family.reset), now));
    }
  limits.is_refused = is_refusal(answer, is_exhausted);
  wait_until(read_retry(answer, now));
  if (limits.is_refused && !limits.not_before)  // ServiceNow tells the end of a limit only, not what is left of it
    for (const auto& family : families) wait_until(read_reset(header_of(answer, family.reset), now));
  if (limits.is_refused && !limits.not_before)
    wait_until(read_reset(header_of(answer, "X-RateLimit-Period-In-Sec"), now));  // Opsgenie
  if (limits.is_refused && !limits.not_before)  // incident.io tells it in the body only
    if (const auto body = parse_json(answer.body))
      wait_until(http::parse_date(text_at(*body, "/rate_limit/retry_after")));
  if (limits.is_refused && !limits.not_before) limits.not_before = now + std::chrono::minutes(1);
  return limits;
}

}
