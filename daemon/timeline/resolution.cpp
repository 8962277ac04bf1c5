#include "daemon/timeline/resolution.hpp"

#include <algorithm>
#include <set>

#include "collectors/base/text.hpp"
#include "collectors/fields.hpp"

namespace releasehealth {
namespace {

bool is_alphanumeric(char c) { return (c >= '0' && c <= '9') || (lower_case(c) >= 'a' && lower_case(c) <= 'z'); }

bool has_letter_and_digit(std::string_view text) {
  return text.find_first_of("0123456789") != text.npos && text.find_first_of("abcdef") != text.npos;
}

std::string_view without_metadata(std::string_view version) { return version.substr(0, version.find('+')); }

std::string_view without_v(std::string_view version) {
  if (version.starts_with('v') || version.starts_with('V')) version.remove_prefix(1);
  return version;
}

// Resolves to the one known commit that the version contains; nothing if there are several in all source repositories.
std::optional<resolved_commit> resolve_by_tokens(const resolution_question& q, const known_commits& commits) {
  std::optional<resolved_commit> found;
  for (const auto& token : commit_tokens(q.version)) {
    auto fits = commits.find(token, q.repositories);
    if (fits.size() != 1) continue;
    if (found && found->commit != fits.front()) return {};
    found = {std::move(fits.front()), "its version contains " + token};
  }
  return found;
}

}

std::string version_key(std::string_view version) {
  version.remove_prefix(std::min(version.find_first_not_of("vV"), version.size()));
  return std::string(without_metadata(version));
}

std::vector<std::string> versions_of_tag(std::string_view name, std::span<const tag_template> templates) {
  std::set<std::string> all = {version_key(name)};
  for (std::size_t position = 0; (position = name.find_first_of("@-/", position)) != name.npos;)
    all.insert(version_key(name.substr(++position)));
  for (const auto& [prefix, suffix] : templates)
    if (name.size() > prefix.size() + suffix.size() && name.starts_with(prefix) && name.ends_with(suffix))
      all.insert(version_key(name.substr(prefix.size(), name.size() - prefix.size() - suffix.size())));
  all.erase("");
  return {all.begin(), all.end()};
}

std::vector<std::string> tag_names(std::string_view version, const std::optional<tag_template>& of_service,
                                   std::span<const std::string> service_names) {
  if (version_key(version).empty()) return {};  // no look-up could return from the tag to the version
  std::vector<std::string> versions = {std::string(without_v(version))};
  if (auto plain = std::string(without_metadata(versions.front())); plain != versions.front())
    versions.push_back(std::move(plain));
  std::vector<std::string> all;
  const auto add = [&](std::string_view prefix, std::string_view suffix = {}) {
    for (const auto& v : versions) all.push_back(std::string(prefix).append(v).append(suffix));
  };
  if (of_service) add(of_service->prefix, of_service->suffix);
  for (const auto& name : service_names)
    for (const auto* infix : {"@", "-v", "-", "/v", "/"}) add(name + infix);
  for (const auto* prefix : {"v", "", "release-", "release/"}) add(prefix);
  return all;
}

std::vector<std::string> commit_tokens(std::string_view version) {
  const auto text = lower_case(version);
  std::vector<std::string> all;
  std::string_view preceding;  // the preceding run
  for (std::size_t position = 0; position < text.size();) {
    if (!is_alphanumeric(text[position])) {
      ++position;
      continue;
    }
    auto end = position;
    while (end < text.size() && is_alphanumeric(text[end])) ++end;
    auto run = std::string_view(text).substr(position, end - position);
    bool is_introduced = preceding == "sha" && position > 0 && text[position - 1] == '-';
    preceding = run;
    position = end;
    for (const std::string_view introducing : {"sha", "g"})
      if (run.starts_with(introducing) && is_commit(run.substr(introducing.size()))) {
        run.remove_prefix(introducing.size());
        is_introduced = true;
        break;
      }
    if (is_commit(run) && (is_introduced || run.size() == longest_commit || has_letter_and_digit(run)))
      all.emplace_back(run);
  }
  return all;
}

std::string tag::commit_at(timestamp start) const {
  auto later = history.upper_bound(start);
  if (later != history.begin()) return std::prev(later)->second;
  for (; later != history.end(); ++later)
    if (!later->second.empty()) return later->second;
  return {};
}

namespace {

// Maps objects of annotated tags to commits, from reports that contain both.
std::map<std::string, std::string> commits_of_objects(const std::vector<report>& told) {
  std::map<std::string, std::string> all;
  for (const auto& r : told) {
    auto object = lower_case(text_at(r.fields, "/object")), commit = lower_case(text_at(r.fields, "/commit"));
    if (!object.empty() && !commit.empty()) all[std::move(object)] = std::move(commit);
  }
  return all;
}

// The commit of an object that a tag's ref points to; empty if unknown.
std::string commit_of_object(const std::string& object, const std::string& repository, const known_commits& commits,
                             const std::map<std::string, std::string>& by_object) {
  if (const auto known = by_object.find(object); known != by_object.end()) return known->second;
  const auto same = commits.find(object, std::span(&repository, 1));
  return same.size() == 1 ? same.front() : std::string();
}

}

std::vector<tag> fold_tags(std::map<thing_id, std::vector<report>> reports, const known_commits& commits,
                           const repository_names& repositories) {
  using named_tag = std::pair<std::string, std::string>;  // repository key and name
  std::map<named_tag, std::vector<report>> by_name;
  for (auto& [thing, told] : reports) {
    order_reports(told);
    if (is_retracted(told)) continue;
    for (auto& r : told)
      if (auto name = text_at(r.fields, "/name"); !r.retraction && !name.empty())
        by_name[{repositories.key(text_at(r.fields, "/repository")), std::move(name)}].push_back(std::move(r));
  }
  // A tag report without a host applies to the repository of that path on every host.
  std::set<named_tag> elsewhere;
  for (auto& [named, told] : by_name) {
    const auto plain = by_name.find({std::string(behind_host(named.first)), named.second});
    if (plain == by_name.end()) continue;
    told.insert(told.end(), plain->second.begin(), plain->second.end());
    elsewhere.insert(plain->first);
  }
  for (const auto& named : elsewhere) by_name.erase(named);
  std::vector<tag> all;
  for (auto& [named, told] : by_name) {
    order_reports(told);
    tag t{named.first, named.second, {}};
    const auto by_object = commits_of_objects(told);
    for (const auto& r : told) {
      const auto instant = time_at(r.fields, "/at").value_or(r.time);
      auto commit = lower_case(text_at(r.fields, "/commit"));
      const auto object = lower_case(text_at(r.fields, "/object"));
      if (flag_at(r.fields, "/deleted"))
        t.history[instant].clear();
      else if (!commit.empty())
        t.history[instant] = std::move(commit);
      else if (!object.empty())
        t.history[instant] = commit_of_object(object, t.repository, commits, by_object);
    }
    if (!t.history.empty()) all.push_back(std::move(t));
  }
  return all;
}

known_tags::known_tags(std::vector<tag> all) {
  for (auto& t : all) {
    auto& named = by_name_[t.name];
    named.push_back(std::move(t));
  }
}

const tag* known_tags::find(std::string_view name, std::string_view repository) const {
  const auto named = by_name_.find(name);
  if (named == by_name_.end()) return nullptr;
  const auto found =
      std::ranges::find_if(named->second, [&](const tag& t) { return same_repository(t.repository, repository); });
  return found == named->second.end() ? nullptr : &*found;
}

known_commits::known_commits(const std::vector<known_commit>& all, const repository_names& repositories) {
  for (const auto& c : all) repositories_[lower_case(c.sha)].push_back(repositories.key(c.repository));
}

std::vector<std::string> known_commits::find(std::string_view digits, std::span<const std::string> repositories) const {
  const auto is_of_these = [&](const std::string& named) { return named.empty() || is_one_of(named, repositories); };
  std::vector<std::string> found;
  for (auto c = repositories_.lower_bound(digits); c != repositories_.end() && c->first.starts_with(digits); ++c) {
    if (std::ranges::none_of(c->second, is_of_these)) continue;
    if (!found.empty() && c->first.starts_with(found.back())) found.pop_back();  // a shorter name of the same commit
    found.push_back(c->first);
  }
  return found;
}

std::optional<resolved_commit> resolve(const resolution_question& q, const known_tags& tags,
                                       const known_commits& commits) {
  if (auto found = resolve_by_tokens(q, commits)) return found;
  for (const auto& name : q.names)
    for (const auto& repository : q.repositories)
      if (const auto* t = tags.find(name, repository))
        if (auto commit = t->commit_at(q.start); !commit.empty())
          return resolved_commit{std::move(commit), "tag " + t->name + " of " + t->repository};
  return {};
}

}
