#include "collectors/api.hpp"

#include <algorithm>

#include "collectors/base/form.hpp"
#include "collectors/base/text.hpp"

namespace releasehealth {
namespace {

/// The path of a URL with its query: /api/v4/projects for https://gitlab.example/api/v4/projects.
std::string_view path_of_url(std::string_view url) {
  const auto scheme = url.find("://");
  const auto begin = scheme == url.npos ? 0 : url.find('/', scheme + 3);
  return begin == url.npos ? std::string_view() : url.substr(begin);
}

}

bool is_readable(const tool_api& api, const source& settings) {
  return !settings.setting("api_token_file").empty() || (api.token_is_optional && !settings.setting("api_url").empty());
}

std::string api_base(const tool_api& api, const source& settings) {
  auto url = settings.setting("api_url");
  if (url.empty()) url = api.url;
  while (url.ends_with('/')) url.pop_back();
  return api.base(std::move(url));
}

std::string api_path(std::string_view path,
                     std::initializer_list<std::pair<std::string_view, std::string_view>> values) {
  std::string out;
  while (!path.empty()) {
    const auto open = path.find('{');
    out += path.substr(0, open);
    if (open == path.npos) break;
    const auto close = path.find('}', open);
    const auto name = path.substr(open + 1, close - open - 1);
    for (const auto& [known, value] : values)
      if (known == name) out += encode_part(value);
    path.remove_prefix(close + 1);
  }
  return out;
}

result<api_request> request_of_url(std::string_view base, std::string_view url) {
  const auto base_path = path_of_url(base), path = path_of_url(url);
  if (path.empty() || !path.starts_with(base_path) || path.substr(base_path.size()).substr(0, 1) != "/")
    return error(errc::unreadable, "the answer names " + std::string(url) + "; expected a URL below api_url");
  return api_request{std::string(path.substr(base_path.size()))};
}

// Link: <https://api.example/things?page=2>; rel="next", <...>; rel="last"
result<std::optional<api_request>> next_by_link(std::string_view base, const api_answer& answer) {
  auto rest = answer.header.get("Link");
  while (!rest.empty()) {
    const auto open = rest.find('<'), close = rest.find('>', open);
    if (open == rest.npos || close == rest.npos) break;
    const auto url = rest.substr(open + 1, close - open - 1);
    rest.remove_prefix(close + 1);
    const auto attributes = rest.substr(0, rest.find('<'));
    if (attributes.find("rel=\"next\"") == attributes.npos && attributes.find("rel=next") == attributes.npos) continue;
    if (attributes.find("results=\"false\"") != attributes.npos) break;  // Sentry links a next page always
    auto next = request_of_url(base, url);
    if (!next) return next.error();
    return std::optional(std::move(*next));
  }
  return std::optional<api_request>();
}

std::string parameter_of(const api_request& asked, std::string_view name) {
  const auto query = asked.path.find('?');
  if (query == asked.path.npos) return {};
  if (const auto form = parse_form(std::string_view(asked.path).substr(query + 1)))
    for (const auto& [key, value] : *form)
      if (key == name) return value;
  return {};
}

api_request with_parameter(const api_request& asked, std::string_view name, std::string_view value) {
  const auto query = asked.path.find('?');
  auto path = asked.path.substr(0, query);
  std::string rest = query == asked.path.npos ? "" : asked.path.substr(query + 1);
  char separator = '?';
  const auto add = [&](const std::string& part) { path += std::exchange(separator, '&') + part; };
  for (std::string_view parts = rest; !parts.empty();) {
    const auto part = take_part(parts, '&');
    if (part.substr(0, part.find('=')) != encode_part(name)) add(std::string(part));
  }
  add(encode_part(name) + '=' + encode_part(value));
  return {std::move(path), asked.body};
}

std::optional<std::string> next_filter(const api_request& asked, const std::vector<std::string>& filters) {
  const auto parts = '&' + asked.path.substr(std::min(asked.path.find('?'), asked.path.size() - 1) + 1) + '&';
  const auto current =
      std::ranges::find_if(filters, [&](const auto& one) { return parts.find('&' + one + '&') != parts.npos; });
  if (current == filters.end() || current + 1 == filters.end()) return {};
  return *(current + 1);
}

bool takes_deployments_from(const source& settings, std::string_view type) {
  return settings.setting("deployments") == type;
}

result<std::vector<json::object>> objects_at(const api_answer& answer, std::string_view pointer) {
  const auto* all = pointer.empty() ? &answer.body : json_source(answer.body).find(pointer);
  if (!all || !all->is_array())
    return error(errc::unreadable, "the answer has no array" + (pointer.empty() ? "" : " at " + std::string(pointer)));
  std::vector<json::object> objects;
  for (const auto& one : all->get_array()) {
    if (!one.is_object()) return error(errc::unreadable, "an element of the answer is not an object");
    objects.push_back(one.get_object());
  }
  return objects;
}

}
