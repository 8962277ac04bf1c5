#include "daemon/http/routes.hpp"

#include <algorithm>

#include "collectors/base/form.hpp"
#include "collectors/base/nearest.hpp"
#include "collectors/base/text.hpp"
#include "collectors/base/time.hpp"
#include "collectors/base/utf8.hpp"
#include "daemon/http/problem.hpp"

namespace releasehealth::http {
namespace {

// The error of the query; empty if it is valid.
std::string check(const std::vector<parameter>& known, const request& r) {
  const auto given = parse_form(r.query);
  if (!given) return "malformed query string";
  for (const auto& [name, value] : *given) {
    const auto p = std::ranges::find(known, std::string_view(name), &parameter::name);
    if (p == known.end())
      return name + ": unknown parameter of " + r.path + suggestion(name, word_list_of(known, &parameter::name));
    if (value.empty()) continue;  // HTML forms send empty fields, too
    if (!p->choices.empty() && !has_word(p->choices, value))
      return name + ": " + unknown_word("value", value, split_words(p->choices));
    if (p->is_time && !parse_time(value))
      return name + ": invalid time " + in_quotes(value) + "; expected RFC 3339 with an offset";
  }
  for (const auto& p : known)
    if (p.is_needed && query_value(r, p.name).empty()) return std::string(p.name) + ": missing required parameter";
  return {};
}

}

bool fits(std::string_view pattern, std::string_view path, parameters& found) {
  for (;;) {
    const auto p = pattern.find('/'), q = path.find('/');
    const auto wanted = pattern.substr(0, p), given = path.substr(0, q);
    if (wanted.starts_with('{') && wanted.ends_with("...}")) {
      const auto rest = pattern.substr(wanted.size());
      if (path.size() <= rest.size() || !path.ends_with(rest)) return false;
      found.emplace(wanted.substr(1, wanted.size() - 5), path.substr(0, path.size() - rest.size()));
      return true;
    }
    if (wanted.starts_with('{') && !given.empty())
      found.emplace(wanted.substr(1, wanted.size() - 2), given);
    else if (wanted != given)
      return false;
    if (p == pattern.npos || q == path.npos) return p == pattern.npos && q == path.npos;
    pattern.remove_prefix(p + 1);
    path.remove_prefix(q + 1);
  }
}

void dispatch(const std::vector<route>& routes, request& r, const responder& answer) {
  if (!is_storable(r.path)) return answer(problem(400, "path: expected UTF-8 text without NUL"));
  std::string allowed;
  for (const auto& known : routes) {
    parameters found;
    if (!fits(known.pattern, r.path, found)) continue;
    if (known.method == r.method) {
      const auto wrong = known.documentation.query ? check(*known.documentation.query, r) : std::string();
      if (!wrong.empty()) return answer(problem(400, wrong));
      return known.handle(r, found, answer);
    }
    allowed += (allowed.empty() ? "" : ", ") + std::string(known.method);
  }
  if (allowed.empty()) return answer(problem(404, "no such path: " + r.path));
  auto refused = problem(405, r.path + ": method not allowed; expected " + allowed);
  refused.header.emplace_back("Allow", allowed);
  answer(std::move(refused));
}

}
