// Tokens of a GitHub App: its private key signs a short-lived JSON Web Token, which buys the token of an installation.
#include "collectors/api.hpp"
#include "collectors/base/text.hpp"

namespace releasehealth::github {
namespace {

// api_user is APP/INSTALLATION: the App's id or client id, and the number of its installation.
std::pair<std::string, std::string> names_of_app(const source& settings) {
  const auto user = settings.setting("api_user");
  const auto slash = user.find('/');
  if (slash == user.npos) return {user, {}};
  return {user.substr(0, slash), user.substr(slash + 1)};
}

bool is_key(std::string_view file) { return file.starts_with("-----BEGIN"); }

api_request request(const source& settings) {
  const auto installation = names_of_app(settings).second;
  const bool is_enterprise = settings.setting("api_url").ends_with("/api/v3");
  return {(is_enterprise ? "/v3" : "") + api_path("/app/installations/{id}/access_tokens", {{"id", installation}}),
          "{}"};
}

// Issued a minute ago, because GitHub rejects a time in its future; valid for less than the ten minutes that it
// permits.
result<std::string> authorization(const source& settings, const std::string& key, timestamp now) {
  const auto [app, installation] = names_of_app(settings);
  if (app.empty() || installation.empty())
    return error(errc::unauthorized, "api_user: invalid value \"" + settings.setting("api_user") +
                                         "\"; expected APP/INSTALLATION for the private key of a GitHub App");
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  const json::object claims{{"iat", seconds - 60}, {"exp", seconds + 540}, {"iss", app}};
  const auto unsigned_token =
      to_base64url(R"({"alg":"RS256","typ":"JWT"})") + '.' + to_base64url(json::serialize(claims));
  const auto signature = sign_rs256(key, unsigned_token);
  if (!signature) return error(errc::unauthorized, "api_token_file: not the private key of a GitHub App in PEM form");
  return "Bearer " + unsigned_token + '.' + to_base64url(*signature);
}

result<api_grant> read_grant(const api_answer& answer) {
  auto token = text_at(answer.body, "/token");
  const auto expires_at = time_at(answer.body, "/expires_at");
  if (token.empty() || !expires_at) return error(errc::unreadable, "the answer has no token with its end");
  return api_grant{std::move(token), *expires_at};
}

}

extern constinit const api_key_exchange app_keys{is_key, request, authorization, read_grant};

}
