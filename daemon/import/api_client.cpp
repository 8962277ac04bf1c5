#include "daemon/import/api_client.hpp"

#include "collectors/base/printable.hpp"
#include "daemon/import/api_limits.hpp"
#include "daemon/system/clock.hpp"

namespace releasehealth {
namespace {

constexpr int most_attempts = 6, most_refusals = 100, most_redirects = 3;

/// The URL's scheme, host and port.
std::string origin_of(const std::string& url) {
  const auto scheme = url.find("://");
  return scheme == url.npos ? std::string() : url.substr(0, url.find_first_of("/?#", scheme + 3));
}

errc code_of(unsigned status) {
  switch (status) {
    case 401:
    case 403: return errc::unauthorized;
    case 404:
    case 410: return errc::unknown;
    default: return errc::malformed;
  }
}

// What the tool says is wrong, wherever it says so.
std::string reason_in(const std::string& body) {
  const auto parsed = parse_json(body);
  if (!parsed) return {};
  for (const auto* pointer : {"/message", "/error/message", "/error", "/detail", "/errorMessages/0", "/errors/0/title",
                              "/errors/0/message", "/errors/0/detail"})
    if (auto text = text_at(*parsed, pointer); !text.empty()) return printable(first_bytes(text, 300));
  return {};
}

}

struct api_client::attempt {
  result<api_reply> reply;
  bool passes = false;  ///< the failure may not happen again
};

api_client::api_client(const tool_api& api, const source& settings, secret token,
                       const http::client_settings& connection, std::function<void(duration, const std::string&)> pause)
    : api_(api),
      settings_(settings),
      token_(std::move(token)),
      client_(connection),
      pause_(std::move(pause)),
      url_(api_base(api, settings)) {}

http::header_lines api_client::header_for(const api_request& asked, const std::string& etag) const {
  http::header_lines header{{"Accept", std::string(api_.accept)}};
  const std::string token((grant_ ? grant_->token : token_).reveal());
  const auto user = settings_.setting("api_user");
  if (!authorization_.empty())
    header.emplace_back("Authorization", authorization_);
  else if (!grant_ && (!user.empty() || api_.proof == api_proof::password))
    header.emplace_back("Authorization", "Basic " + to_base64(user + ':' + token));
  else if (!token.empty())
    header.emplace_back(api_.header, std::string(api_.prefix) + token);
  if (!asked.body.empty()) header.emplace_back("Content-Type", "application/json");
  if (!etag.empty()) header.emplace_back("If-None-Match", etag);
  return header;
}

// A private key is exchanged for a token that lasts for a while, and again before that ends.
result<void> api_client::renew_token() {
  constexpr auto margin = std::chrono::minutes(5);
  const std::string key(token_.reveal());
  if (!api_.keys || !api_.keys->is_key(key) || (grant_ && system_now() + margin < grant_->ends_at)) return {};
  auto proof = api_.keys->authorization(settings_, key, system_now());
  if (!proof) return proof.error();
  authorization_ = std::move(*proof);
  auto tried = try_until_answered(api_.keys->request(settings_), {});
  authorization_.clear();
  if (!tried) return tried.error();
  auto bought = api_.keys->read(tried->answer);
  if (!bought) return bought.error();
  grant_ = grant{secret(std::move(bought->token)), bought->expires_at};
  return {};
}

api_client::attempt api_client::send_once(const api_request& asked, const std::string& etag) {
  const std::string method = asked.body.empty() ? "GET" : "POST";
  auto url = url_ + asked.path;
  for (int redirects = 0;; ++redirects) {
    if (not_before_ && *not_before_ > system_now())
      pause_(*not_before_ - system_now(), "rate limit of " + origin_of(url_));
    not_before_.reset();
    ++requests_;
    auto answer = client_.send(method, url, asked.body, header_for(asked, etag));
    if (!answer) {
      const auto code = answer.error().code;
      return {error(code, method + ' ' + answer.error().text()), code == errc::unavailable};
    }
    const auto now = system_now();
    const auto answered_at = http::parse_date(std::string(header_of(*answer, "Date"))).value_or(now);
    const auto limits = read_limits(*answer, answered_at);
    if (limits.not_before) not_before_ = now + (*limits.not_before - answered_at);  // by this machine's clock
    const auto call = method + ' ' + url + ": " + std::to_string(answer->status);
    if (answer->status == 304) return {api_reply{.is_unchanged = true, .etag = etag, .answered_at = answered_at}};
    if (answer->status >= 301 && answer->status <= 308) {  // a renamed repository
      std::string target(header_of(*answer, "Location"));
      if (target.starts_with('/')) target = origin_of(url) + target;
      if (origin_of(target) != origin_of(url_) || !asked.body.empty() || redirects >= most_redirects)
        return {error(errc::malformed,
                      call + " redirects to another host or too often; expected the API itself at api_url")};
      url = target;
      continue;
    }
    if (limits.is_refused) return {error(errc::unavailable, call + " rate limit"), true};
    if (answer->status >= 500 || answer->status == 408)
      return {error(errc::unavailable, call + ' ' + reason_in(answer->body)), true};
    if (answer->status < 200 || answer->status >= 300) {
      const auto reason = reason_in(answer->body);
      return {error(code_of(answer->status), call + (reason.empty() ? "" : ' ' + reason))};
    }
    auto body = parse_json(answer->body, own_limits);
    if (!body) return {error(errc::unavailable, call + ", but the answer is " + body.error().text()), true};
    api_reply reply{
        .answer = {std::move(*body), {}}, .etag = std::string(header_of(*answer, "ETag")), .answered_at = answered_at};
    for (const auto& [name, value] : answer->header) reply.answer.header.add(name, value);
    if (auto failure = api_.failure(reply.answer)) {
      failure->detail = call + ' ' + failure->detail;
      return {*failure, failure->code == errc::unavailable};
    }
    return {std::move(reply)};
  }
}

result<api_reply> api_client::ask(const api_request& asked, const std::string& etag) {
  if (const auto renewed = renew_token(); !renewed) return renewed.error();
  return try_until_answered(asked, etag);
}

result<api_reply> api_client::try_until_answered(const api_request& asked, const std::string& etag) {
  int failures = 0;
  for (int refusals = 0; refusals < most_refusals;) {
    auto tried = send_once(asked, etag);
    if (tried.reply || !tried.passes) return std::move(tried.reply);
    if (not_before_) {
      ++refusals;
      continue;
    }
    if (++failures == most_attempts) return std::move(tried.reply);
    pause_(std::chrono::seconds(1 << (failures - 1)), tried.reply.error().text());
  }
  return error(errc::unavailable,
               url_ + ": still refused by a rate limit after " + std::to_string(most_refusals) + " waits");
}

}
