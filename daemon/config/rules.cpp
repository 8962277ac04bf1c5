// [[rule]], which decide the kind of a deployment, and [[policy]], which recommend a remediation.
#include <algorithm>

#include "collectors/base/text.hpp"
#include "collectors/fields.hpp"
#include "collectors/words.hpp"
#include "daemon/config/reader.hpp"

namespace releasehealth {
namespace {

void read_conditions(config_table& t, std::vector<text_condition>& conditions) {
  for (const auto key : rule_keys()) {
    pattern p;
    t.pattern_of(key, p);
    if (p) conditions.push_back({std::string(key), std::move(p)});
  }
}

template <class E>
void read_word(config_table& t, std::string_view key, std::string_view what, E& value) {
  std::string text;
  t.text(key, text);
  const auto known = parse_word<E>(text);
  if (known)
    value = *known;
  else
    t.unknown(key, what, text, word_list_of(words_of<E>()));
}

// Explanations name the rule that decided.
template <class Rule>
void read_own_name(config_table& t, const std::vector<Rule>& earlier, std::string& name) {
  t.text("name", name);
  if (name.empty()) return t.missing("name", "a name");
  if (std::ranges::find(earlier, name, &Rule::name) != earlier.end()) t.duplicate("name", "name", name);
}

kind_rule read_rule(config_table& t, const rulebook& book) {
  kind_rule r;
  read_own_name(t, book.rules, r.name);
  read_word(t, "kind", "kind", r.kind);
  {
    auto when = t.table("when");
    read_conditions(when, r.when);
    when.flag("patch_release", r.patch_release);
    duration limit{};
    when.length("within", limit);
    if (when.has("within")) r.at_most = limit;
    when.flag("outside_calendar", r.outside_calendar);
    when.flag("during_incident", r.during_incident);
    if (r.outside_calendar && book.release_hours.empty())
      when.wrong("outside_calendar", "no hours of releases; expected [calendar] releases");
    if (r.when.empty() && !r.patch_release && !r.at_most && !r.outside_calendar && !r.during_incident)
      t.wrong("when", "no condition; expected at least one");
  }
  auto unless = t.table("unless");
  read_conditions(unless, r.unless);
  return r;
}

policy_rule read_policy(config_table& t, const std::vector<policy_rule>& earlier) {
  policy_rule p;
  read_own_name(t, earlier, p.name);
  read_word(t, "then", "remedy", p.then);
  auto when = t.table("when");
  for (const auto& [key, accepted] : {std::pair("touches", &p.touches), std::pair("blast_radius", &p.blast_radius),
                                      std::pair("trajectory", &p.trajectory)}) {
    std::vector<std::string> words;
    when.texts(key, words);
    const auto* known = find_field(key);
    for (const auto& w : words)
      if (!known->choices.empty() && !has_word(known->choices, w))
        when.wrong(key, unknown_word("value", w, split_words(known->choices)));
    accepted->insert(words.begin(), words.end());
  }
  for (const auto& [key, expected] :
       {std::pair("cause_known", &p.cause_known), std::pair("fix_tested", &p.fix_tested)}) {
    bool value = false;
    when.flag(key, value);
    if (when.has(key)) *expected = value;
  }
  duration at_most{};
  when.length("at_most", at_most);
  if (when.has("at_most")) p.at_most = at_most;
  return p;
}

}

void read_rules(config_table& root, rulebook& book) {
  root.tables("rule", [&](config_table& t) { book.rules.push_back(read_rule(t, book)); });
}

void read_policies(config_table& root, std::vector<policy_rule>& policies) {
  root.tables("policy", [&](config_table& t) { policies.push_back(read_policy(t, policies)); });
}

}
