#include "daemon/timeline/kind.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace releasehealth {
namespace {

constexpr std::array<std::string_view, 8> keys = {"ref",      "tag",  "title",       "label",
                                                  "workflow", "task", "environment", "service"};

void add_text(std::vector<std::string>& to, const json::object& from, std::string_view pointer) {
  if (auto text = text_at(from, pointer); !text.empty()) to.push_back(std::move(text));
}

// The texts of a key: the deployment's own and those of its commit. Bodies and messages are never among them, because
// squash merges quote old words.
std::vector<std::string> texts(const deployment& d, std::string_view key) {
  std::vector<std::string> out;
  if (key == "environment") return {d.where.environment};
  if (key == "service") return {d.where.service};
  for (const auto* facts : {&d.facts, &d.commit_facts}) {
    if (key != "label") {
      add_text(out, *facts, '/' + std::string(key));
    } else if (const auto* labels = facts->if_contains("labels"); labels && labels->is_array()) {
      for (const auto& label : labels->get_array()) add_text(out, {{"label", label}}, "/label");
    }
  }
  return out;
}

bool holds(const text_condition& c, const deployment& d) {
  const auto all = texts(d, c.key);
  return std::ranges::any_of(all, [&](const std::string& t) { return matches(c.matches, t); });
}

bool holds(const kind_rule& r, const rulebook& book, const deployment& d, std::optional<timestamp> line_released_at) {
  if (!std::ranges::all_of(r.when, [&](const auto& c) { return holds(c, d); })) return false;
  if (std::ranges::any_of(r.unless, [&](const auto& c) { return holds(c, d); })) return false;
  if (r.patch_release) {
    const auto v = parse_version(d.version);
    if (!v || v->patch == 0) return false;
  }
  if (r.within && !(line_released_at && d.finished_at && *d.finished_at - *line_released_at <= *r.within)) return false;
  if (r.outside_calendar && !(d.finished_at && !book.zone.within(book.release_hours, *d.finished_at))) return false;
  return true;
}

kind_rule simple(std::string name, std::string kind, std::string key, const std::string& text,
                 const std::string& unless = {}) {
  kind_rule r;
  r.name = std::move(name);
  r.kind = std::move(kind);
  r.when.push_back({key, *compile_pattern(text)});
  if (!unless.empty()) r.unless.push_back({std::move(key), *compile_pattern(unless)});
  return r;
}

}

std::span<const std::string_view> rule_keys() { return keys; }

const std::vector<kind_rule>& default_rules() {
  static const std::vector<kind_rule> rules = {
      simple("rollback-task", "rollback", "task", "rollback"),
      simple("rollback-label", "rollback", "label", "rollback"),
      simple("rollback-workflow", "rollback", "workflow", "rollback"),
      simple("rollback-title", "rollback", "title", "^(Revert \"|Roll ?back)", "^Revert \"Revert"),
      simple("hotfix-ref", "hotfix", "ref", "^(refs/heads/)?hotfix/"),
      simple("hotfix-label", "hotfix", "label", "hotfix|emergency"),
      simple("hotfix-title", "hotfix", "title", "^(hotfix|emergency|urgent fix)"),
  };
  return rules;
}

std::optional<version_numbers> parse_version(std::string_view text) {
  const auto begin = text.find_first_of("0123456789");
  if (begin == text.npos) return {};
  std::array<std::uint64_t, 3> numbers{};
  const char *at = text.data() + begin, *end = text.data() + text.size();
  std::size_t count = 0;
  for (; count < numbers.size(); ++count) {
    const auto [stop, ec] = std::from_chars(at, end, numbers[count]);
    if (ec != std::errc{}) break;
    at = stop;
    if (at == end || *at != '.') {
      ++count;
      break;
    }
    ++at;
  }
  if (count < 2) return {};
  return version_numbers{numbers[0], numbers[1], numbers[2]};
}

duration rulebook::longest_within() const {
  duration longest{0};
  for (const auto& r : rules) longest = std::max(longest, r.within.value_or(longest));
  return longest;
}

decision decide_by_rules(const rulebook& book, const deployment& d, std::optional<timestamp> line_released_at) {
  for (const auto& r : book.rules)
    if (holds(r, book, d, line_released_at)) return {r.kind, "rule " + r.name};
  if (book.default_rules)
    for (const auto& r : default_rules())
      if (holds(r, book, d, line_released_at)) return {r.kind, "default rule " + r.name};
  return {"planned", "no rule matched"};
}

}
