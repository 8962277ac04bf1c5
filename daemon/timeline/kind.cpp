#include "daemon/timeline/kind.hpp"

#include <algorithm>
#include <array>

#include "collectors/base/text.hpp"
#include "collectors/base/utf8.hpp"
#include "collectors/words.hpp"

namespace releasehealth {
namespace {

constexpr std::array<std::string_view, 8> all_rule_keys = {"ref",      "tag",  "title",       "label",
                                                           "workflow", "task", "environment", "service"};

void add_text(std::vector<std::string>& texts, const json::object& facts, std::string_view key) {
  const auto* text = facts.if_contains(key);
  if (text && text->is_string() && !text->get_string().empty()) texts.emplace_back(text->get_string());
}

void add_texts(std::vector<std::string>& texts, const json::object& facts, std::string_view key) {
  if (const auto* all = facts.if_contains(key); all && all->is_array())
    for (const auto& one : all->get_array()) add_text(texts, {{"text", one}}, "text");
}

// The deployment's own texts for a key, and those of its commit. Bodies and messages are excluded, because squash
// merges quote old words.
std::vector<std::string> texts(const deployment& d, std::string_view key) {
  std::vector<std::string> out;
  if (key == "environment") return {d.where.environment};
  if (key == "service") return {d.where.service};
  if (key == "label") {
    for (const auto* facts : {&d.facts, &d.commit_facts}) add_texts(out, *facts, "labels");
    return out;
  }
  add_text(out, d.facts, key);
  const auto several = std::string(key) + 's';  // a commit also has the titles of its pull requests
  if (d.commit_facts.contains(several))
    add_texts(out, d.commit_facts, several);
  else
    add_text(out, d.commit_facts, key);
  return out;
}

// The text that matches; nothing if none does.
std::optional<std::string> matching(const text_condition& c, const deployment& d) {
  for (auto& t : texts(d, c.key))
    if (matches(c.matches, t)) return std::move(t);
  return {};
}

void add(std::string& evidence, std::string_view what) {
  constexpr std::size_t longest = 200;  // a title may be a page long; the event keeps all of it
  if (!evidence.empty()) evidence += ", ";
  evidence += first_bytes(what, longest);
}

// The evidence that fulfils the rule; nothing if it does not hold.
std::optional<std::string> evidence_of(const kind_rule& r, const rulebook& book, const deployment& d,
                                       std::optional<timestamp> line_released_at) {
  std::string evidence;
  for (const auto& c : r.when) {
    const auto text = matching(c, d);
    if (!text) return {};
    add(evidence, c.key + ' ' + *text);
  }
  for (const auto& c : r.unless)
    if (matching(c, d)) return {};
  if (r.patch_release) {
    const auto v = parse_version(d.version);
    if (!v || v->patch == 0) return {};
    add(evidence, "patch release " + d.version);
  }
  if (r.at_most) {
    if (!line_released_at || !d.finished_at) return {};
    const auto gap = *d.finished_at - *line_released_at;
    if (gap < duration{0} || gap > *r.at_most) return {};
    add(evidence, "release of its line at " + format_time(*line_released_at));
  }
  if (r.outside_calendar) {
    if (!d.finished_at || book.zone.within(book.release_hours, *d.finished_at)) return {};
    add(evidence, "outside the release hours");
  }
  if (r.during_incident) {
    if (!d.during_incident) return {};
    add(evidence, "during an incident");
  }
  return evidence;
}

kind_rule simple(std::string name, deployment_kind kind, std::string key, const std::string& text,
                 const std::string& unless = {}) {
  kind_rule r;
  r.name = std::move(name);
  r.kind = kind;
  r.when.push_back({key, *compile_pattern(text)});
  if (!unless.empty()) r.unless.push_back({std::move(key), *compile_pattern(unless)});
  return r;
}

}

std::span<const std::string_view> rule_keys() { return all_rule_keys; }

const std::vector<kind_rule>& default_rules() {
  using enum deployment_kind;
  static const std::vector<kind_rule> rules = {
      simple("rollback-task", rollback, "task", "rollback"),
      simple("rollback-label", rollback, "label", "rollback"),
      simple("rollback-workflow", rollback, "workflow", "rollback"),
      simple("rollback-title", rollback, "title", "^(Revert \"|Roll ?back)", "^Revert \"Revert"),
      simple("hotfix-ref", hotfix, "ref", "^(refs/heads/)?hotfix/"),
      simple("hotfix-label", hotfix, "label", "hotfix|emergency"),
      simple("hotfix-title", hotfix, "title", "^(hotfix|emergency|urgent fix)"),
  };
  return rules;
}

std::optional<version_numbers> parse_version(std::string_view text) {
  const auto begin = text.find_first_of("0123456789");
  if (begin == text.npos) return {};
  std::array<std::uint64_t, 4> numbers{};
  text.remove_prefix(begin);
  std::size_t count = 0;
  while (count < numbers.size()) {
    const auto number = take_number<std::uint64_t>(text);
    if (!number) break;
    numbers[count++] = *number;
    if (!text.starts_with('.')) break;
    text.remove_prefix(1);
  }
  if (count < 2) return {};
  return version_numbers{numbers[0], numbers[1], numbers[2], numbers[3]};
}

duration rulebook::longest_within() const {
  duration longest{0};
  for (const auto& r : rules) longest = std::max(longest, r.at_most.value_or(longest));
  return longest;
}

bool rulebook::looks_at_incidents() const {
  return std::ranges::any_of(rules, [](const kind_rule& r) { return r.during_incident; });
}

std::string spell(kind_reason reason, std::string_view name) {
  std::string text(word(reason));
  if (!name.empty()) text.append(" ").append(name);
  return text;
}

decision decide_by_rules(const rulebook& book, const deployment& d, std::optional<timestamp> line_released_at) {
  for (const auto& r : book.rules)
    if (auto evidence = evidence_of(r, book, d, line_released_at))
      return {r.kind, spell(kind_reason::rule, r.name), std::move(*evidence)};
  if (book.default_rules)
    for (const auto& r : default_rules())
      if (auto evidence = evidence_of(r, book, d, line_released_at))
        return {r.kind, spell(kind_reason::default_rule, r.name), std::move(*evidence)};
  return {deployment_kind::planned, spell(kind_reason::no_rule)};
}

}
