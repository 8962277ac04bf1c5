#include "daemon/timeline/artifacts.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include <re2/re2.h>

#include "collectors/artifact.hpp"
#include "collectors/base/text.hpp"
#include "collectors/fields.hpp"
#include "daemon/timeline/kind.hpp"
#include "daemon/timeline/repository.hpp"

namespace releasehealth {
namespace {

template <class T>
std::vector<T> elements_of(const json::object& facts, std::string_view field, T (*read)(const json::value&)) {
  std::vector<T> all;
  if (const auto* listed = facts.if_contains(field); listed && listed->is_array())
    for (const auto& one : listed->get_array()) all.push_back(read(one));
  return all;
}

/// Images, and whether any evidence shows that they are the service's own.
struct chosen_images {
  std::vector<image> own, others;
  bool are_known = false;
};

// Splits the images by `is_own`; false if it holds for none of them.
template <class Test>
bool choose(const std::vector<image>& all, const Test& is_own, chosen_images& chosen) {
  for (const auto& one : all) (is_own(one) ? chosen.own : chosen.others).push_back(one);
  chosen.are_known = !chosen.own.empty();
  if (!chosen.are_known) chosen = {};
  return chosen.are_known;
}

// The text that the pattern's group `service` matched; empty if the pattern has no such group; nothing without a match.
std::optional<std::string> match(const RE2& expression, const std::string& reference) {
  const auto& groups = expression.NamedCapturingGroups();
  const auto group = groups.find("service");
  const int wanted = group == groups.end() ? 0 : group->second;
  std::vector<re2::StringPiece> parts(static_cast<std::size_t>(wanted) + 1);
  if (!expression.Match(reference, 0, reference.size(), RE2::UNANCHORED, parts.data(), wanted + 1)) return {};
  return wanted > 0 ? std::string(parts.back().data(), parts.back().size()) : std::string();
}

bool is_any_of(std::string_view text, const std::vector<std::string>& names) {
  return std::ranges::any_of(names, [&](const auto& name) { return equal_ignoring_case(text, name); });
}

bool contains_any_of(std::string_view text, const std::vector<std::string>& names) {
  const auto lower = lower_case(text);
  return std::ranges::any_of(
      names, [&](const auto& name) { return !name.empty() && lower.find(lower_case(name)) != lower.npos; });
}

chosen_images choose_images(const std::vector<image>& all, const image_rule* rule,
                            const std::vector<std::string>& names) {
  chosen_images chosen;
  if (rule && rule->own) {
    const auto named = [&](const image& i) {
      const auto service = match(*rule->own, reference_of(i));
      return service && !service->empty() && is_any_of(*service, names);
    };
    const auto matching = [&](const image& i) { return match(*rule->own, reference_of(i)).has_value(); };
    if (choose(all, named, chosen) || choose(all, matching, chosen)) return chosen;
  }
  const auto has_name = [&](const image& i) { return contains_any_of(i.repository, names); };
  if (!choose(all, has_name, chosen)) chosen.own = all;
  return chosen;
}

bool moves(std::string_view name, const deployment& d, const naming& names) {
  return has_word("latest stable main master", lower_case(name)) || names.is_name_of_environment(name) ||
         equal_ignoring_case(name, d.where.environment) || equal_ignoring_case(name, text_at(d.facts, "/environment"));
}

// Normalises an image for comparison: one name per image, and no tag that moves, since a moving tag identifies nothing.
image compared(image artifact, const deployment& d, const naming& names) {
  artifact.repository = lower_case(artifact.repository);
  for (const std::string_view hub : {"index.docker.io/", "docker.io/", "library/"})
    if (artifact.repository.starts_with(hub)) artifact.repository.erase(0, hub.size());
  if (moves(artifact.tag, d, names)) artifact.tag.clear();
  return artifact;
}

std::vector<image> compared(const std::vector<image>& all, const deployment& d, const naming& names) {
  std::set<image> sorted;
  for (const auto& one : all) sorted.insert(compared(one, d, names));
  return {sorted.begin(), sorted.end()};
}

// With several images of different tags, the tag of the image that is named after the service.
std::string tag_of(const std::vector<image>& own, const std::vector<std::string>& names) {
  std::set<std::string> tags, of_service;
  for (const auto& one : own) {
    if (one.tag.empty()) continue;
    tags.insert(one.tag);
    if (is_any_of(last_part(one.repository), names)) of_service.insert(one.tag);
  }
  const auto& most_certain = of_service.empty() ? tags : of_service;
  return most_certain.size() == 1 ? *most_certain.begin() : std::string();
}

// A chart's version: the revision of a source that is a chart.
std::string chart_version(const std::vector<source_revision>& revisions) {
  std::set<std::string> versions;
  for (const auto& one : revisions)
    if (!one.chart.empty() || (one.repository.empty() && !is_commit(one.revision) && parse_version(one.revision)))
      versions.insert(one.revision);
  return versions.size() == 1 ? *versions.begin() : std::string();
}

std::vector<std::string> texts_of(const std::vector<source_revision>& revisions) {
  std::set<std::string> sorted;
  for (const auto& one : revisions)
    sorted.insert(one.repository + (one.chart.empty() ? "" : '#' + one.chart) + '@' + one.revision);
  return {sorted.begin(), sorted.end()};
}

// For an application with several sources and no image that is known to be the service's own, the sources are part of
// the identity as well: the chart stays the same when its values change.
void add_revisions(const std::vector<source_revision>& revisions, std::vector<image>& artifacts) {
  for (std::size_t n = 0; n < revisions.size(); ++n) {
    const auto& one = revisions[n];
    const auto name = one.repository + (one.chart.empty() ? "" : '#' + one.chart);
    artifacts.push_back({"source " + (name.empty() ? std::to_string(n) : name), one.revision, {}});
  }
  std::ranges::sort(artifacts);
}

}

void choose_artifacts(deployment& d, const image_rules& rules, const naming& names) {
  if (!d.facts.contains("artifacts") && !d.facts.contains("revisions")) return;
  const auto rule = rules.find(d.thing.source);
  const auto* of_source = rule == rules.end() ? nullptr : &rule->second;
  const auto called = names.names_of(d.where.service);
  const auto revisions = elements_of(d.facts, "revisions", revision_at);
  const bool is_set_by_hand = d.overrides.contains("version") && !d.overrides.contains("artifacts");
  const auto chosen = choose_images(elements_of(d.facts, "artifacts", image_at), of_source, called);
  d.what.revisions = texts_of(revisions);
  if (!of_source || of_source->compares_images) {
    if (d.version.empty()) d.version = tag_of(chosen.own, called);
    if (!is_set_by_hand) d.what.images = compared(chosen.own, d, names);
    if (!d.what.images.empty() && !chosen.are_known && revisions.size() > 1) add_revisions(revisions, d.what.images);
    const auto* service = names.rule_of(d.where.service);
    if (service && service->sidecars_are_changes) {
      d.what.sidecars = compared(chosen.others, d, names);
      std::erase_if(d.what.sidecars, [](const image& one) { return one.tag.empty() && one.digest.empty(); });
    }
  }
  if (d.version.empty()) d.version = chart_version(revisions);
}

void complete_identity(deployment& d, const naming& names) {
  d.what.commit = d.commit;
  d.what.version = d.version;
  d.what.is_moving = !d.version.empty() && moves(d.version, d, names);
}

}
