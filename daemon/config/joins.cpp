// Settings that join incidents of several sources (figures.md section 18): [figures] incident_sources and the filters
// of sources.
#include <algorithm>

#include "collectors/base/text.hpp"
#include "daemon/config/reader.hpp"

namespace releasehealth {
namespace {

bool is_source_or_kind(const config& c, std::string_view name) {
  return find_collector(name) || std::ranges::find(c.sources, name, &source::name) != c.sources.end();
}

// The values that a setting admits; empty: it does not filter.
std::vector<std::string> filtered_words(const source& s, const setting_rule& rule) {
  constexpr std::string_view any = "any";
  if (rule.filters.empty() || (!rule.is_alternative && s.setting(rule.key) == any)) return {};
  const auto given = s.list(rule.key);
  if (!given.empty()) return {given.begin(), given.end()};
  const auto otherwise = split_words(rule.fallback);
  return {otherwise.begin(), otherwise.end()};
}

bool reports_incidents_alone(const collector& collected) {
  return !collected.setup.empty() &&
         std::ranges::all_of(collected.setup, [](const setup_step& one) { return one.gives == thing_type::incident; });
}

// A forge such as GitHub reports incidents only if labels or types of incidents are configured.
bool lets_issues_in(const collector& collected, const source& s) {
  return std::ranges::any_of(
      collected.settings, [&](const setting_rule& rule) { return !rule.filters.empty() && !s.list(rule.key).empty(); });
}

// A listed source or kind of source ranks by its position in the list; without a list, by the origin of its incidents.
void add_source(join_settings& joins, const source& s, const std::vector<std::string>& listed, bool is_configured) {
  const auto* collected = find_collector(s.kind);
  if (!collected) return;
  const auto place = [&](std::string_view name) { return std::ranges::find(listed, name) - listed.begin(); };
  const auto best = std::min(place(s.name), place(s.kind));
  joins.ranks[s.name] = static_cast<int>(listed.empty() ? static_cast<std::ptrdiff_t>(collected->incidents) : best);
  if (collected->incidents == incident_origin::issues) joins.trackers.insert(s.name);
  if (collected->incidents == incident_origin::alerts) joins.monitors.insert(s.name);
  std::map<std::string, std::vector<std::string>> any_of;
  for (const auto& rule : collected->settings) {
    auto words = filtered_words(s, rule);
    if (rule.is_alternative)
      any_of[std::string(rule.filters)] = std::move(words);
    else if (!words.empty())
      joins.filters[s.name].words[std::string(rule.filters)] = std::move(words);
  }
  // an unconfigured kind is only imported, with the filters of its kind
  const bool lets_some_in = std::ranges::any_of(any_of, [](const auto& entry) { return !entry.second.empty(); });
  if (lets_some_in || (is_configured && !any_of.empty())) joins.filters[s.name].any_of = std::move(any_of);
}

}

void read_joins(config_table& t, config& c) {
  std::vector<std::string> listed;
  t.texts("incident_sources", listed);
  for (const auto& name : listed)
    if (!is_source_or_kind(c, name))
      t.warn("incident_sources",
             unknown_word("source or kind of source", name, word_list_of(c.sources, &source::name)));
  enum { lead, all } services = lead;
  t.choice("joined_services", {"lead", "all"}, services);
  c.timeline.joins.all_services = services == all;
  for (const auto* collected : collectors()) {  // an import may have a kind that is not configured
    source s;
    s.name = s.kind = collected->kind;
    add_source(c.timeline.joins, s, listed, false);
    if (reports_incidents_alone(*collected)) c.figures.incident_sources.insert(s.kind);
  }
  c.figures.incident_sources.insert(listed.begin(), listed.end());
  for (const auto& s : c.sources) {
    auto& filter = c.timeline.joins.filters[s.name];
    filter.words.clear();
    filter.any_of.clear();
    add_source(c.timeline.joins, s, listed, true);
    if (const auto* collected = find_collector(s.kind)) {
      const bool has_alone = reports_incidents_alone(*collected);
      if (has_alone || lets_issues_in(*collected, s)) c.figures.incident_sources.insert(s.name);
      c.figures.sources[s.name] = {s.kind, has_alone};
    }
  }
}

void check_follows(config_table& root, const config& c) {
  if (c.sources.empty()) return;
  root.tables("source", [&](config_table& t) {
    t.skip_rest();
    std::string followed;
    t.text("follows", followed);
    if (!followed.empty() && !is_source_or_kind(c, followed))
      t.warn("follows", unknown_word("source or kind of source", followed, word_list_of(c.sources, &source::name)));
  });
}

std::string spelled(const incident_filter& filter) {
  std::string all = in_quotes(filter.follows);
  for (const auto severity : filter.severities) all += ' ' + std::to_string(severity);
  for (const auto* fields : {&filter.words, &filter.any_of})
    for (const auto& [field, words] : *fields) {
      all += ' ' + field;
      for (const auto& word : words) all += ' ' + in_quotes(word);
    }
  return all;
}

}
