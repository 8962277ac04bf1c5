// The half of the configuration that decides how events are interpreted: names, rules, policies, figures, thresholds.
#include <algorithm>

#include "collectors/base/text.hpp"
#include "collectors/fields.hpp"
#include "collectors/words.hpp"
#include "daemon/config/reader.hpp"
#include "daemon/timeline/derivation_version.hpp"

namespace releasehealth {
namespace {

constexpr std::size_t max_causes = 100;  // each is a series for every service

void read_names(config_table& t, const std::vector<source>& sources, service_rule& rule) {
  t.entries("was", "texts, or tables { name, until }", [&](config_table& entry) {
    former_name was;
    entry.text("name", was.name);
    entry.date("until", was.until);
    if (was.name.empty()) entry.missing("name", "a name");
    rule.was.push_back(std::move(was));
  });
  t.entries_by_key("aliases", "by source, kind of source or \"*\": texts, or tables { name, shared }",
                   [&](const std::string& peer, config_table& entry) {
                     alias a{peer, {}};
                     entry.text("name", a.name);
                     entry.flag("shared", a.is_shared);
                     if (a.name.empty()) entry.missing("name", "a name");
                     const bool is_known = peer == any_source || find_collector(peer) ||
                                           std::ranges::find(sources, peer, &source::name) != sources.end();
                     if (!is_known) t.warn("aliases", "unknown source or kind of source " + in_quotes(peer));
                     rule.aliases.push_back(std::move(a));
                   });
}

service_rule read_service(config_table& t, const std::vector<source>& sources, blame_settings& blame) {
  service_rule s;
  t.text("name", s.name);
  t.text("team", s.team);
  read_names(t, sources, s);
  auto match = t.table("match");
  match.text("source", s.source);
  match.text("repository", s.repository);
  match.text("path", s.path);
  t.texts("repository", s.repositories);
  t.date("retired", s.retired);
  std::string tag;
  t.text("tag", tag);
  s.tag = parse_tag_template(tag);
  if (!tag.empty() && !s.tag) t.invalid("tag", "name", tag, "one with {version}, like \"checkout@{version}\"");
  enum class sidecar { redeployment, change } others = sidecar::redeployment;
  t.choice("sidecars", {"redeployment", "change"}, others);
  s.sidecars_are_changes = others == sidecar::change;
  if (!s.path.empty() && s.repository.empty()) match.missing("repository", "the repository of path");
  duration window = blame.attribution_window;
  t.length("attribution_window", window);
  if (t.has("attribution_window")) blame.windows[s.name] = window;
  if (s.name.empty()) t.missing("name", "a name");
  return s;
}

// An alias of two services would make figures depend on the order of the services.
void check_aliases(config_table& t, const std::vector<service_rule>& earlier, const service_rule& read) {
  for (const auto& a : read.aliases)
    for (const auto& other : earlier)
      for (const auto& theirs : other.aliases)
        if (a.source == theirs.source && equal_ignoring_case(a.name, theirs.name) && !(a.is_shared && theirs.is_shared))
          t.wrong("aliases." + a.source, in_quotes(a.name) + " is also an alias of [[service]] " +
                                             in_quotes(other.name) +
                                             "; expected another name, or shared = true on both");
}

void read_team(config_table& t, std::map<std::string, double, std::less<>>& engineers) {
  std::string name;
  double count = 0;
  t.text("name", name);
  t.number("engineers", count);
  if (name.empty()) t.missing("name", "a name");
  if (count < 0) t.wrong("engineers", "invalid number " + t.spelled("engineers") + "; expected 0 or more");
  if (engineers.contains(name)) t.duplicate("name", "name", name);
  engineers[name] = count;
}

environment_rule read_environment(config_table& t) {
  environment_rule e;
  t.text("name", e.name);
  t.flag("production", e.production);
  t.pattern_of("match", e.match);
  t.text("group", e.group);
  if (e.name.empty()) t.missing("name", "a name");
  if (!e.group.empty() && t.has("production") && !e.production)
    t.wrong("production", "false, but group = " + in_quotes(e.group) + " is for production only");
  e.production = e.production || !e.group.empty();
  return e;
}

// A group is shown under its name in place of its members.
void check_group(config_table& t, const std::vector<environment_rule>& earlier, const environment_rule& read) {
  const auto is_of_both = [&](const environment_rule& a, const environment_rule& b) {
    return !a.group.empty() && equal_ignoring_case(a.group, b.name);
  };
  if (is_of_both(read, read))
    return t.wrong("group", in_quotes(read.group) + " is also the name of this [[environment]]");
  for (const auto& other : earlier) {
    if (is_of_both(read, other)) t.wrong("group", in_quotes(read.group) + " is also the name of an [[environment]]");
    if (is_of_both(other, read))
      t.wrong("name", in_quotes(read.name) + " is also the name of a group of [[environment]]s");
  }
}

void read_calendar(config_table&& t, calendar& zone, weekly_hours& working_week,
                   std::vector<weekly_hours>& release_hours) {
  auto name = zone.zone_name();
  t.text("time_zone", name);
  if (!name.empty()) {
    auto known = calendar::in_zone(name);
    if (known)
      zone = *known;
    else
      t.wrong("time_zone", known.error().detail);
  }
  std::string week(office_hours);
  t.text("working_week", week);
  if (!week.empty()) {
    if (auto hours = parse_weekly_hours(week))
      working_week = *hours;
    else
      t.wrong("working_week", hours.error().detail);
  }
  std::vector<std::string> releases;
  t.texts("releases", releases);
  for (const auto& r : releases) {
    if (auto hours = parse_weekly_hours(r))
      release_hours.push_back(*hours);
    else
      t.wrong("releases", hours.error().detail);
  }
}

// When reviews start to be tracked: with a team's first review, always, never, or from a date on.
void read_reviews(config_table& t, std::optional<timestamp>& since) {
  constexpr timestamp always{}, never = figure_settings::never;
  std::string said = "auto";
  t.text("reviews", said);
  if (said == "auto") return;
  since = said == "required" ? always : said == "off" ? never : parse_time(said + "T00:00:00Z");
  if (!since) t.invalid("reviews", "word", said, "\"auto\", \"required\", \"off\" or a date like \"2026-03-01\"");
}

void read_figures(config_table&& t, config& c) {
  t.texts("periods", c.figures.rolling);
  std::set<std::string_view> different;
  for (const auto& p : c.figures.rolling) {
    if (const auto length = parse_duration(p); !length || *length == duration{0})
      t.invalid("periods", "duration", p, "one like \"30d\", above 0 and of at most 10 years");
    if (!different.insert(p).second) t.duplicate("periods", "period", p);
  }
  t.length("rollback_lookback", c.timeline.stack.rollback_lookback);
  t.length("rollout_window", c.timeline.rollout_window);
  t.length("attribution_window", c.timeline.blame.attribution_window);
  t.length("duration_cap", c.timeline.duration_cap);
  t.length("response_target", c.figures.response_target);
  t.bounds(c.bounds);
  c.timeline.max_names = c.bounds["figures.max_names"];
  t.length("review_due", c.figures.review_due);
  t.length("follow_up_horizon", c.figures.follow_up_horizon);
  t.length("merge_back_due", c.figures.merge_back_due);
  read_reviews(t, c.figures.reviews_since);
  t.texts("causes", c.figures.causes);
  if (c.figures.causes.size() > max_causes)
    t.wrong("causes",
            std::to_string(c.figures.causes.size()) + " causes; expected at most " + std::to_string(max_causes));
  std::set<std::string> distinct = {"unknown", "other"};
  for (const auto& cause : c.figures.causes)
    if (!distinct.insert(cause).second) t.duplicate("causes", "or reserved name", cause);
  c.figures.cause_slices = slices_by_cause(c.figures.causes);
  read_joins(t, c);
  t.flag("default_rules", c.timeline.stack.rules.default_rules);
  t.flag("default_policy", c.timeline.decisions.default_rules);
}

// A hash over everything that affects derivation: the version of the program's derivation and the configuration. It may
// include settings that only affect how figures are shown: a rebuild that changes nothing is cheap.
std::string fingerprint_of(const config_table& root, const std::map<std::string, std::string, std::less<>>& kinds,
                           const join_settings& joins, const image_rules& images) {
  auto all = "derivation " + std::to_string(derivation_version);
  for (const auto& [source, rule] : images)
    all += '\n' + source + " images " + text_of(rule.own) + (rule.compares_images ? "" : " are not compared");
  for (const auto& [source, kind] : kinds) all += '\n' + source + " is " + kind;  // aliases are by either
  for (const auto& [source, filter] : joins.filters) all += '\n' + source + " lets in " + spelled(filter);
  for (const auto* key : {"calendar", "figures", "service", "repository", "environment", "rule", "policy"})
    all += '\n' + root.spelled(key);
  return sha256_hex(all).substr(0, 16);
}

}

void read_meaning(config_table& root, config& c) {
  read_calendar(root.table("calendar"), c.figures.zone, c.figures.working_week, c.timeline.stack.rules.release_hours);
  c.timeline.stack.rules.zone = c.figures.zone;
  read_figures(root.table("figures"), c);
  check_follows(root, c);
  std::vector<service_rule> services;
  root.tables("service", [&](config_table& t) {
    auto read = read_service(t, c.sources, c.timeline.blame);
    check_aliases(t, services, read);
    if (!read.name.empty() && std::ranges::find(services, read.name, &service_rule::name) != services.end())
      t.warn("name",
             "duplicate name " + in_quotes(read.name) + "; team, repository, tag and retired of the first count");
    c.services_at.emplace(read.name, t.place());
    services.push_back(std::move(read));
  });
  auto repositories = read_repositories(root);
  root.tables("team", [&](config_table& t) { read_team(t, c.figures.engineers); });
  std::vector<environment_rule> environments;
  root.tables("environment", [&](config_table& t) {
    auto read = read_environment(t);
    check_group(t, environments, read);
    if (!read.name.empty() && std::ranges::find(environments, read.name, &environment_rule::name) != environments.end())
      t.duplicate("name", "name", read.name);
    environments.push_back(std::move(read));
  });
  std::set<std::string, std::less<>> teams;
  for (const auto& [name, engineers] : c.figures.engineers) teams.insert(name);
  std::map<std::string, std::string, std::less<>> kinds;
  for (const auto& s : c.sources) kinds[s.name] = s.kind;
  c.figures.names = c.timeline.blame.names =
      naming(std::move(services), std::move(environments), std::move(teams), kinds, repository_names(repositories));
  read_rules(root, c.timeline.stack.rules);
  read_policies(root, c.timeline.decisions.rules);
  c.timeline.fingerprint = fingerprint_of(root, kinds, c.timeline.joins, c.timeline.images);
  std::vector<threshold> thresholds;
  std::set<std::tuple<std::string, std::string, std::string, std::string, bool>> targets;
  root.tables("threshold", [&](config_table& t) {
    auto read = read_threshold(t, c.figures.rolling);
    if (!targets.emplace(read.figure, read.period, read.service, read.team, read.above).second)
      t.duplicate("figure", "threshold for", read.figure);
    thresholds.push_back(std::move(read));
  });
  c.figures.thresholds = effective_thresholds(thresholds, default_thresholds(c.figures.merge_back_due));
}

}
