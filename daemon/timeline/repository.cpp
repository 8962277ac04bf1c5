#include "daemon/timeline/repository.hpp"

#include <algorithm>

#include "collectors/base/text.hpp"

namespace releasehealth {

std::string_view behind_host(std::string_view key) {
  const auto end = key.find('/');
  const auto first = key.substr(0, end), rest = end == key.npos ? std::string_view() : key.substr(end + 1);
  const bool may_be_host = first.find_first_of(".:") != first.npos || first == "localhost";
  return may_be_host && rest.find('/') != rest.npos ? rest : std::string_view();
}

std::string repository_key(std::string_view text) {
  auto key = lower_case(text);
  if (const auto scheme = key.find("://"); scheme != key.npos)
    key.erase(0, scheme + 3);
  else if (const auto colon = key.find(':'); colon < key.find('/'))  // host:path, as ssh has it
    key[colon] = '/';
  if (const auto user = key.rfind('@', key.find('/')); user != key.npos) key.erase(0, user + 1);
  const auto host_end = std::min(key.find('/'), key.size());
  if (const auto port = key.find(':'); port < host_end) key.erase(port, host_end - port);
  while (key.ends_with('/')) key.pop_back();
  if (key.ends_with(".git")) key.erase(key.size() - 4);
  if (const auto twice = key.find("//"); twice != key.npos) key.erase(twice, 1);
  return key;
}

std::string last_part(std::string_view path) { return std::string(path.substr(path.rfind('/') + 1)); }

std::string_view without_host(std::string_view key) {
  const auto path = behind_host(key);
  return path.empty() ? key : path;
}

bool same_repository(std::string_view a, std::string_view b) {
  return a == b || (!b.empty() && behind_host(a) == b) || (!a.empty() && behind_host(b) == a);
}

bool is_one_of(std::string_view key, std::span<const std::string> keys) {
  return std::ranges::any_of(keys, [&](const auto& one) { return same_repository(key, one); });
}

repository_names::repository_names(std::span<const repository_rule> rules) {
  for (const auto& r : rules) {
    const auto today = repository_key(r.name);
    today_.emplace_back(today, today);
    for (const auto& was : r.was) today_.emplace_back(repository_key(was), today);
  }
}

std::string repository_names::key(std::string_view text) const {
  const auto key = repository_key(text);
  const auto known = std::ranges::find_if(today_, [&](const auto& name) { return same_repository(key, name.first); });
  if (known == today_.end()) return key;
  // A name without a host refers to the repository of that path on the host that the report names.
  const auto path = behind_host(key);
  const bool is_elsewhere = !path.empty() && behind_host(known->second).empty();
  return (is_elsewhere ? key.substr(0, key.size() - path.size()) : std::string()) + known->second;
}

bool repository_names::are_of_one(std::string_view a, std::string_view b) const {
  return !today_.empty() && same_repository(key(a), key(b)) && !same_repository(repository_key(a), repository_key(b));
}

std::optional<tag_template> parse_tag_template(std::string_view text) {
  constexpr std::string_view placeholder = "{version}";
  const auto position = text.find(placeholder);
  if (position == text.npos) return {};
  return tag_template{std::string(text.substr(0, position)), std::string(text.substr(position + placeholder.size()))};
}

}
