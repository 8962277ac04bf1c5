#include "daemon/timeline/resolution.hpp"

#include <algorithm>
#include <set>

#include "collectors/base/text.hpp"

namespace releasehealth {
namespace {

constexpr std::string_view placeholder = "{version}";
constexpr std::size_t shortest_commit = 7, longest_commit = 40;  // digits of a commit

bool is_alphanumeric(char c) { return (c >= '0' && c <= '9') || (lower_case(c) >= 'a' && lower_case(c) <= 'z'); }

bool is_commit_like(std::string_view text) {
  return text.size() >= shortest_commit && text.size() <= longest_commit &&
         text.find_first_not_of("0123456789abcdef") == text.npos;
}

bool has_letter_and_digit(std::string_view text) {
  return text.find_first_of("0123456789") != text.npos && text.find_first_of("abcdef") != text.npos;
}

// Without a host, or a port behind it: github.com/acme/shop is acme/shop.
std::string_view path_of(std::string_view key) {
  const auto end = key.find('/');
  const auto first = key.substr(0, end);
  const bool is_host = first.find_first_of(".:") != first.npos || first == "localhost";
  return end != key.npos && is_host ? key.substr(end + 1) : key;
}

std::string_view without_metadata(std::string_view version) { return version.substr(0, version.find('+')); }

std::string_view without_v(std::string_view version) {
  if (version.starts_with('v') || version.starts_with('V')) version.remove_prefix(1);
  return version;
}

bool is_of(std::string_view repository, std::span<const std::string> any_of) {
  const auto key = repository_key(repository);
  return std::ranges::any_of(any_of, [&](const auto& one) { return same_repository(key, repository_key(one)); });
}

// Exactly one known commit over all source repositories; a commit without a repository belongs to them.
std::optional<resolved_commit> resolve_by_tokens(const resolution_question& q, std::span<const known_commit> commits) {
  std::optional<resolved_commit> found;
  for (const auto& token : commit_tokens(q.version)) {
    std::set<std::string> fits;
    for (const auto& c : commits) {
      auto sha = lower_case(c.sha);
      if (sha.starts_with(token) && (c.repository.empty() || is_of(c.repository, q.repositories)))
        fits.insert(std::move(sha));
    }
    if (fits.size() != 1) continue;
    if (found && found->commit != *fits.begin()) return {};
    found = {*fits.begin(), "its version contains " + token};
  }
  return found;
}

}

std::string repository_key(std::string_view text) {
  auto key = lower_case(text);
  if (const auto scheme = key.find("://"); scheme != key.npos)
    key.erase(0, scheme + 3);
  else if (const auto colon = key.find(':'); colon != key.npos && key.find('@') < colon)  // git@host:acme/shop
    key[colon] = '/';
  if (const auto user = key.find('@'); user != key.npos && user < key.find('/')) key.erase(0, user + 1);
  while (key.ends_with('/')) key.pop_back();
  if (key.ends_with(".git")) key.erase(key.size() - 4);
  return key;
}

bool same_repository(std::string_view a, std::string_view b) {
  if (a == b) return true;
  const auto of_a = path_of(a), of_b = path_of(b);
  return of_a == of_b && (of_a.size() == a.size() || of_b.size() == b.size());
}

std::string version_key(std::string_view version) {
  version.remove_prefix(std::min(version.find_first_not_of('v'), version.size()));
  return std::string(without_metadata(version));
}

std::vector<std::string> versions_of_tag(std::string_view name, std::span<const std::string> templates) {
  std::set<std::string> all = {version_key(name)};
  for (std::size_t at = 0; (at = name.find_first_of("@-/", at)) != name.npos;)
    all.insert(version_key(name.substr(++at)));
  for (std::string_view one : templates) {
    const auto at = one.find(placeholder);
    if (at == one.npos) continue;
    const auto before = one.substr(0, at), after = one.substr(at + placeholder.size());
    if (name.size() > before.size() + after.size() && name.starts_with(before) && name.ends_with(after))
      all.insert(version_key(name.substr(before.size(), name.size() - before.size() - after.size())));
  }
  all.erase("");
  return {all.begin(), all.end()};
}

std::vector<std::string> tag_names(std::string_view version, std::string_view tag_template,
                                   std::span<const std::string> service_names) {
  std::vector<std::string> versions = {std::string(without_v(version))};
  if (auto plain = std::string(without_metadata(versions.front())); plain != versions.front())
    versions.push_back(std::move(plain));
  std::vector<std::string> all;
  const auto add = [&](std::string_view before, std::string_view after = {}) {
    for (const auto& v : versions) all.push_back(std::string(before).append(v).append(after));
  };
  if (const auto at = tag_template.find(placeholder); at != tag_template.npos)
    add(tag_template.substr(0, at), tag_template.substr(at + placeholder.size()));
  for (const auto& name : service_names)
    for (const auto* between : {"@", "-v", "-", "/v", "/"}) add(name + between);
  for (const auto* before : {"v", "", "release-", "release/"}) add(before);
  return all;
}

std::vector<std::string> commit_tokens(std::string_view version) {
  const auto text = lower_case(version);
  std::vector<std::string> all;
  std::string_view before;  // the run before this one
  for (std::size_t at = 0; at < text.size();) {
    if (!is_alphanumeric(text[at])) {
      ++at;
      continue;
    }
    auto end = at;
    while (end < text.size() && is_alphanumeric(text[end])) ++end;
    auto run = std::string_view(text).substr(at, end - at);
    bool is_introduced = before == "sha" && at > 0 && text[at - 1] == '-';
    before = run;
    at = end;
    for (const std::string_view introducing : {"sha", "g"})
      if (run.starts_with(introducing) && is_commit_like(run.substr(introducing.size()))) {
        run.remove_prefix(introducing.size());
        is_introduced = true;
        break;
      }
    if (is_commit_like(run) && (is_introduced || run.size() == longest_commit || has_letter_and_digit(run)))
      all.emplace_back(run);
  }
  return all;
}

std::string tag::commit_at(timestamp start) const {
  auto after = history.upper_bound(start);
  if (after != history.begin() && !std::prev(after)->second.empty()) return std::prev(after)->second;
  for (; after != history.end(); ++after)
    if (!after->second.empty()) return after->second;
  return {};
}

std::vector<tag> fold_tags(std::map<thing_id, std::vector<report>> reports) {
  using named_tag = std::pair<std::string, std::string>;  // repository_key() and name
  std::map<named_tag, std::vector<report>> by_name;
  for (auto& [thing, told] : reports) {
    order_reports(told);
    if (is_retracted(told)) continue;
    for (auto& r : told)
      if (auto name = text_at(r.fields, "/name"); !r.retraction && !name.empty())
        by_name[{repository_key(text_at(r.fields, "/repository")), std::move(name)}].push_back(std::move(r));
  }
  // what names no host is about the repository of that path on every host
  std::vector<named_tag> elsewhere;
  for (const auto& [named, told] : by_name) {
    if (path_of(named.first).size() != named.first.size()) continue;
    for (auto& [other, theirs] : by_name)
      if (other.second == named.second && other.first != named.first && path_of(other.first) == named.first) {
        theirs.insert(theirs.end(), told.begin(), told.end());
        elsewhere.push_back(named);
      }
  }
  for (const auto& named : elsewhere) by_name.erase(named);
  std::vector<tag> all;
  for (auto& [named, told] : by_name) {
    order_reports(told);
    tag t{text_at(told.back().fields, "/repository"), named.second, {}};
    for (const auto& r : told) {
      const auto at = time_at(r.fields, "/at").value_or(r.time);
      const auto commit = lower_case(text_at(r.fields, "/commit"));
      if (flag_at(r.fields, "/deleted"))
        t.history[at].clear();
      else if (!commit.empty())
        t.history[at] = commit;
    }
    if (!t.history.empty()) all.push_back(std::move(t));
  }
  return all;
}

std::optional<resolved_commit> resolve(const resolution_question& q, std::span<const tag> tags,
                                       std::span<const known_commit> commits) {
  if (auto found = resolve_by_tokens(q, commits)) return found;
  for (const auto& name : q.names)
    for (const auto& repository : q.repositories)
      for (const auto& t : tags) {
        if (t.name != name || !same_repository(repository_key(t.repository), repository_key(repository))) continue;
        if (auto commit = t.commit_at(q.start); !commit.empty())
          return resolved_commit{std::move(commit), "tag " + t.name + " of " + t.repository};
      }
  return {};
}

}
