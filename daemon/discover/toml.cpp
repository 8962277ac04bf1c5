#include "daemon/discover/toml.hpp"

#include <algorithm>

#include "collectors/base/json.hpp"
#include "collectors/base/nearest.hpp"
#include "collectors/base/printable.hpp"

namespace releasehealth::discover {
namespace {

// A basic string: every JSON escape is also a TOML escape.
std::string quoted(const std::string& text) { return printable(json::serialize(json::string(text))); }

std::string comment(const std::string& why, bool is_guess) {
  if (why.empty()) return "\n";
  auto text = printable(why);
  std::ranges::replace(text, '\n', ' ');
  return std::string("  # ") + (is_guess ? "guess: " : "") + text + '\n';
}

std::string text_line(const std::string& key, const stated& s) {
  return s.value.empty() ? std::string() : key + " = " + quoted(s.value) + comment(s.why, s.is_guess);
}

std::string toml_key(const std::string& source) {
  constexpr std::string_view bare = "abcdefghijklmnopqrstuvwxyz0123456789_-";
  return source.find_first_not_of(bare) == source.npos ? source : quoted(source);
}

std::string value_of(const proposed_alias& a) {
  return a.is_shared ? "{ name = " + quoted(a.name) + ", shared = true }" : quoted(a.name);
}

using aliases_by_source = std::map<std::string, std::vector<proposed_alias>>;
aliases_by_source by_source(const std::vector<proposed_alias>& all) {
  aliases_by_source out;
  for (const auto& a : all) out[a.source].push_back(a);
  return out;
}

std::string alias_tables(const std::vector<proposed_alias>& all) {
  if (all.empty()) return {};
  std::string out = "[service.aliases]\n";
  for (const auto& [source, aliases] : by_source(all)) {
    if (aliases.size() == 1) {
      out += toml_key(source) + " = [" + value_of(aliases[0]) + ']' + comment(aliases[0].why, aliases[0].is_guess);
      continue;
    }
    out += toml_key(source) + " = [\n";
    for (const auto& a : aliases) out += "  " + value_of(a) + ',' + comment(a.why, a.is_guess);
    out += "]\n";
  }
  return out;
}

std::string repository_line(const std::vector<stated>& all) {
  if (all.empty()) return {};
  std::string out = "repository = [";
  for (const auto& one : all) out += (&one == &all[0] ? "" : ", ") + quoted(one.value);
  return out + ']' + comment(all[0].why, all[0].is_guess);
}

std::string match_line(const proposed_service& s) {
  if (s.match_repository.value.empty()) return {};
  auto out = "match = { repository = " + quoted(s.match_repository.value);
  if (!s.match_path.value.empty()) out += ", path = " + quoted(s.match_path.value);
  return out + " }" + comment(s.match_repository.why, s.match_repository.is_guess);
}

std::string table_of(const proposed_team& t) {
  auto out = "[[team]]\n" + text_line("name", t.name);
  if (t.members > 0)
    out += "# engineers = " + std::to_string(t.members) +
           "  # guess: the Group's members; needed for the firefighting ratio\n";
  return out;
}

std::string table_of(const proposed_service& s) {
  return "[[service]]\n" + text_line("name", s.name) + text_line("team", s.team) + repository_line(s.repositories) +
         match_line(s) + alias_tables(s.aliases);
}

// All of the service's aliases, existing and proposed, in one line, because an inline table cannot be extended.
std::string alias_line(const proposed_service& s, const service_rule* rule) {
  if (s.aliases.empty()) return {};
  std::vector<proposed_alias> all;
  if (rule)
    for (const auto& a : rule->aliases) all.push_back({a.source, a.name, a.is_shared, {}});
  all.insert(all.end(), s.aliases.begin(), s.aliases.end());
  std::string out, why;
  for (const auto& [source, aliases] : by_source(all)) {
    out += (out.empty() ? "aliases = { " : ", ") + toml_key(source) + " = [";
    for (const auto& a : aliases) out += (&a == &aliases[0] ? "" : ", ") + value_of(a);
    out += ']';
  }
  for (const auto& a : s.aliases)
    why += (why.empty() ? "" : "; ") + std::string(a.is_guess ? "guess: " : "") + in_quotes(a.name) + ": " + a.why;
  return out + " }" + comment(why, false);
}

}

std::string new_tables(const proposals& all) {
  std::string out;
  const auto add = [&](const std::string& table) { out += (out.empty() ? "" : "\n") + table; };
  for (const auto& t : all.teams) add(table_of(t));
  for (const auto& s : all.services)
    if (!s.is_configured) add(table_of(s));
  return out;
}

std::vector<std::string> missing_lines(const proposals& all, const configured_names& known) {
  std::vector<std::string> out;
  for (const auto& s : all.services) {
    if (!s.is_configured) continue;
    const auto location = known.services_at.find(s.name.value);
    out.push_back((location == known.services_at.end() ? std::string() : location->second + ": ") + "[[service]] " +
                  in_quotes(s.name.value) + " lacks:\n" + text_line("team", s.team) + repository_line(s.repositories) +
                  alias_line(s, known.names.rule_of(s.name.value)));
  }
  return out;
}

}
