#include "daemon/discover/codeowners.hpp"

#include <re2/re2.h>

namespace releasehealth::discover {
namespace {

constexpr std::size_t longest_pattern = 1000;

/// The words of a line, up to a comment. A backslash escapes the next character, such as a space in a path.
std::vector<std::string> words_of_line(std::string_view line) {
  std::vector<std::string> all;
  bool is_within = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    auto c = line[i];
    if (c == ' ' || c == '\t' || c == '\r') {
      is_within = false;
      continue;
    }
    if (c == '#' && !is_within) break;
    if (!is_within) all.emplace_back();
    is_within = true;
    if (c == '\\' && i + 1 < line.size()) c = line[++i];
    all.back() += c;
  }
  return all;
}

// Converts a gitignore pattern to a regular expression over whole paths. A pattern covers everything below the path
// that it names; `docs/*` covers only the files in that folder.
std::string expression_of(std::string_view rest) {
  const bool is_folder = rest.ends_with('/'), is_files = rest.ends_with("/*");
  if (is_folder) rest.remove_suffix(1);
  const bool is_anchored = rest.find('/') != rest.npos || (is_folder && rest.empty());
  if (rest.starts_with('/')) rest.remove_prefix(1);
  std::string out = is_anchored ? "" : "(.*/)?";
  while (!rest.empty()) {
    if (rest.starts_with("**/")) {
      out += "(.*/)?";
      rest.remove_prefix(3);
    } else if (rest.starts_with("**")) {
      out += ".*";
      rest.remove_prefix(2);
    } else {
      const auto c = rest.front();
      out += c == '*' ? "[^/]*" : c == '?' ? "[^/]" : RE2::QuoteMeta(rest.substr(0, 1));
      rest.remove_prefix(1);
    }
  }
  return out + (is_folder ? "/.*" : is_files ? "" : "(/.*)?");
}

}

std::vector<owners_rule> read_codeowners(std::string_view text) {
  std::vector<owners_rule> all;
  std::vector<std::string> of_section;
  std::size_t number = 0;
  while (!text.empty()) {
    const auto length = text.find('\n');
    const auto line = text.substr(0, length);
    text.remove_prefix(length == text.npos ? text.size() : length + 1);
    ++number;
    if (const auto head = line.find_first_not_of('^'); head <= 1 && head < line.size() && line[head] == '[') {
      const auto end = line.rfind(']');
      of_section = end == line.npos ? std::vector<std::string>() : words_of_line(line.substr(end + 1));
      continue;
    }
    auto words = words_of_line(line);
    if (words.empty() || words.front().size() > longest_pattern) continue;
    owners_rule rule{words.front(), {words.begin() + 1, words.end()}, number, {}};
    if (rule.owners.empty()) rule.owners = of_section;
    RE2::Options quiet(RE2::Quiet);
    rule.paths = std::make_shared<const RE2>(expression_of(rule.pattern), quiet);
    if (rule.paths->ok()) all.push_back(std::move(rule));
  }
  return all;
}

const owners_rule* owner_of(const std::vector<owners_rule>& rules, std::string_view path) {
  const re2::StringPiece whole(path.data(), path.size());
  for (auto rule = rules.rbegin(); rule != rules.rend(); ++rule)
    if (RE2::FullMatch(whole, *rule->paths)) return rule->owners.empty() ? nullptr : &*rule;
  return nullptr;
}

std::string team_among(const std::vector<std::string>& owners) {
  for (const auto& owner : owners)
    if (const auto slash = owner.rfind('/'); owner.starts_with('@') && slash != owner.npos && slash + 1 < owner.size())
      return owner.substr(slash + 1);
  return {};
}

}
