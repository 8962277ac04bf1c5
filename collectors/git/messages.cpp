#include <re2/re2.h>

#include "collectors/git/git.hpp"

namespace releasehealth::git {
namespace {

// The group of the last match of a pattern with one group.
std::string last_of(const re2::RE2& pattern, std::string_view text) {
  re2::StringPiece rest(text.data(), text.size()), found;
  std::string out;
  while (re2::RE2::FindAndConsume(&rest, pattern, &found)) out = std::string(found);
  return out;
}

std::string first_of(const re2::RE2& pattern, std::string_view text) {
  re2::StringPiece found;
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), pattern, &found) ? std::string(found)
                                                                                             : std::string();
}

}

message read_message(std::string_view text, bool is_merge) {
  static const re2::RE2 reverts("This reverts commit ([0-9a-f]{7,40})");
  static const re2::RE2 picked(R"(\(cherry picked from commit ([0-9a-f]{7,40})\))");
  static const re2::RE2 conventional(R"((?i)^(?:revert(?:s|ed)?\b|[a-z]+(?:\([^)]*\))?!?: "?reverts?\b))");
  static const re2::RE2 hotfix(R"((?:from |[' ])(?:[^ ']*/)?(hotfix/[^ ']+|hot-fix-[^ ']+))");
  message m;
  while (!text.empty() && (text.front() == '\n' || text.front() == ' ')) text.remove_prefix(1);
  const auto end = text.find('\n');
  m.subject = std::string(text.substr(0, end));
  while (!m.subject.empty() && (m.subject.back() == '\r' || m.subject.back() == ' ')) m.subject.pop_back();
  const auto body = end == text.npos ? std::string_view() : text.substr(end);
  m.is_reapply = m.subject.starts_with("Revert \"Revert \"") || m.subject.starts_with("Reapply \"");
  m.is_revert = !m.is_reapply && re2::RE2::PartialMatch(m.subject, conventional);
  m.reverts = first_of(reverts, body);
  m.picked_from = last_of(picked, body);
  if (is_merge) m.hotfix_branch = first_of(hotfix, m.subject);
  return m;
}

}
