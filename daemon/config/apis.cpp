// The keys of a source by which `sync` reads its tool's API.
#include "collectors/api.hpp"
#include "daemon/config/reader.hpp"

namespace releasehealth {

void read_api(config_table& t, source& s) {
  for (const auto* key : {"api_url", "api_user"}) {
    std::string value;
    t.text(key, value);
    if (!value.empty()) s.settings[key] = {std::move(value)};
  }
  std::string token_file;
  t.path("api_token_file", token_file);
  if (!token_file.empty()) s.settings["api_token_file"] = {std::move(token_file)};
  for (const auto* key : {"api_include", "api_exclude"}) {
    std::vector<std::string> patterns;
    t.texts(key, patterns);
    s.settings[key] = std::move(patterns);
  }
}

void check_api(config_table& t, const source& s, const collector& kind) {
  if (!kind.api) {
    for (const auto* key : {"api_url", "api_user", "api_token_file", "api_include", "api_exclude"})
      if (t.has(key)) t.wrong(key, "sync reads no API of the kind " + in_quotes(kind.kind) + "; expected no such key");
    return;
  }
  const auto& api = *kind.api;
  const bool has_token = !s.setting("api_token_file").empty();
  constexpr std::string_view a_url = "one like \"https://tool.example\", without user and query";
  if (const auto url = s.setting("api_url"); !url.empty()) {
    const bool is_url = (url.starts_with("https://") || url.starts_with("http://")) &&
                        url.find_first_of("@?# ") == url.npos && url.back() != '/';
    if (!is_url) t.invalid("api_url", "URL", url, a_url);
  } else if (is_readable(api, s) && api.url.empty()) {
    t.missing("api_url", a_url);
  }
  if (has_token && api.proof == api_proof::user && s.setting("api_user").empty())
    t.missing("api_user", "the user whose token it is");
  for (const auto* key : {"api_include", "api_exclude"})
    if (t.has(key) && api.scope.empty())
      t.wrong(key, "the API of " + std::string(kind.kind) + " has no scopes; expected no such key");
  if (is_readable(api, s) && api.needs_include && s.list("api_include").empty())
    t.missing("api_include", "what to read, like [" + in_quotes(api.example) + "]");
}

}
