#pragma once
// In-memory repository states: compares an import with the stored events, folded like derivation does.
#include <map>
#include <random>

#include "collectors/base/crypto.hpp"
#include "daemon/import/git_events.hpp"
#include "daemon/timeline/incident.hpp"
#include "daemon/timeline/resolution.hpp"
#include "tests/check.hpp"

namespace releasehealth::test {

inline const timestamp begin = *parse_time("2026-01-01T00:00:00Z");
inline constexpr std::chrono::hours hour{1};

/// A repository at one instant.
struct state {
  std::string repository = "github.com/acme/shop", service = "shop", former_service = {};
  timestamp at = {};
  std::map<std::string, std::pair<std::string, timestamp>> tags = {};  ///< commit and date by tag
  std::map<std::string, timestamp> on_head = {};                       ///< commits, with the time they reached HEAD
  std::map<std::string, std::string> reverts = {};                     ///< reverting commit -> tag that failed
  std::map<std::string, timestamp> mended = {};                        ///< time of the fix by reverting commit
  std::map<std::string, std::string> branches = {};                    ///< branch by tag
  bool is_complete = true;
  std::vector<git::tag> others = {};

  std::vector<git_thing> things() const {
    std::vector<git_thing> all;
    std::set<std::string> commits;
    for (const auto& [tag, what] : tags) {
      const auto& [commit, date] = what;
      git_thing t{.type = thing_type::deployment, .name = tag, .at = date};
      const auto branch = branches.find(tag);
      t.fields = {{"service", service},
                  {"environment", "production"},
                  {"state", "succeeded"},
                  {"version", tag},
                  {"tag", tag},
                  {"commit", commit},
                  {"finished_at", format_time(date)},
                  {"ref", branch == branches.end() ? json::value(nullptr) : json::value(branch->second)}};
      all.push_back(std::move(t));
      commits.insert(commit);
      all.push_back({.type = thing_type::tag,
                     .name = tag,
                     .at = date,
                     .fields = {{"name", tag},
                                {"commit", commit},
                                {"object", nullptr},
                                {"deleted", nullptr},
                                {"at", format_time(date)}}});
    }
    for (const auto& c : commits) {
      const auto reached = on_head.find(c);
      const bool is_there = reached != on_head.end();
      all.push_back(
          {.type = thing_type::commit,
           .name = c,
           .at = begin,
           .fields = {{"commit", c},
                      {"title", "Change " + c},
                      {"default_branch", is_there},
                      {"merged_at", is_there ? json::value(format_time(reached->second)) : json::value(nullptr)}}});
    }
    for (const auto& [revert, tag] : reverts) {
      const auto end = mended.find(revert);
      const bool is_over = end != mended.end();
      all.push_back(
          {.type = thing_type::incident,
           .name = revert,
           .at = begin + hour,
           .culprit = tag,
           .fields = {{"service", service},
                      {"environment", "production"},
                      {"started_at", format_time(begin + hour)},
                      {"state", is_over ? "resolved" : "open"},
                      {"resolved_at", is_over ? json::value(format_time(end->second)) : json::value(nullptr)}}});
    }
    return all;
  }
};

/// The events of a source, as stored in the ledger.
struct store {
  std::map<std::string, event> events;

  git_update import(const state& s, const std::string& prefix = {}) {
    const auto things = s.things();
    const git_read read{
        .repository = s.repository,
        .service = s.service,
        .environment = "production",
        .prefix = prefix,
        .former_service = s.former_service,
        .is_complete = s.is_complete,
        .state_at = s.at,
        .things = things,
        .others = s.others,
        .reached_head = s.on_head,
        .has_commit = [&](const std::string& c) { return !c.starts_with("of-") || s.on_head.contains(c); }};
    std::vector<event> stored;
    for (const auto& [id, e] : events) stored.push_back(e);
    auto update = tell_differences(read, stored);
    for (const auto& e : update.events) events.emplace(e.id, e);
    return update;
  }

  /// Stores events like imports before 2026-12 did: ids and subjects without the repository.
  void import_former(const state& s) {
    for (const auto& t : s.things()) {
      if (t.type == thing_type::tag) continue;
      event e;
      e.reports(t.type);
      const auto what = t.type == thing_type::deployment ? "release "
                        : t.type == thing_type::incident ? "revert "
                                                         : "commit ";
      e.id = "git-" + sha256_hex(what + t.name).substr(0, 32);
      e.subject = t.type == thing_type::incident ? "revert-" + t.name.substr(0, 12) : t.name;
      e.time = t.at;
      for (const auto& [name, value] : t.fields)
        if (!value.is_null() && name != "merged_at") e.fields[name] = value;
      if (!t.culprit.empty()) e.fields["culprit"] = t.culprit;
      events.emplace(e.id, e);
    }
  }

  /// One line for each existing thing; `with_subjects` adds its name.
  std::string folded(bool with_subjects = true) const {
    std::map<std::pair<thing_type, std::string>, std::vector<report>> reports;
    for (const auto& [id, e] : events)
      reports[{e.thing, e.subject}].push_back({e.id, e.time, e.type == event_type::retraction, false, e.fields});
    std::multiset<std::string> lines;
    std::map<std::string, std::string> versions;
    std::set<std::string> commits;  // of deployments: the location of other commits is irrelevant
    for (const auto& [key, told] : reports)
      if (key.first == thing_type::deployment)
        for (const auto& d : fold_deployment({"git", key.second}, told, {})) {
          commits.insert(d.commit);
          versions[key.second] = d.where.service + '/' + d.version;
          lines.insert("deployment " + (with_subjects ? key.second + ' ' : "") + d.where.service + ' ' + d.version +
                       ' ' + d.commit + ' ' + format_time(*d.finished_at) + ' ' + std::string(word(d.state)) + ' ' +
                       text_at(d.facts, "/ref"));
        }
    std::map<thing_id, std::vector<report>> of_tags;
    for (const auto& [key, told] : reports)
      if (key.first == thing_type::tag) of_tags[{"git", key.second}] = told;
    for (const auto& t : fold_tags(of_tags))  // their current state: earlier ones are known only to earlier reads
      if (const auto commit = t.commit_at(timestamp::max()); !commit.empty())
        lines.insert("tag " + t.name + ' ' + commit + " of " + t.repository);
    for (const auto& [key, told] : reports) {
      if (key.first == thing_type::commit) {
        const auto c = fold_commit(told);
        if (commits.contains(key.second) && flag_at(c, "/default_branch"))
          lines.insert("commit " + key.second + ' ' + text_at(c, "/title") + ' ' +
                       (with_subjects ? text_at(c, "/merged_at") : ""));
      }
      if (key.first != thing_type::incident) continue;
      if (const auto i = fold_incident({"git", key.second}, told, {})) {
        auto line =
            "incident " + (with_subjects ? key.second + ' ' : "") + i->services.at(0) + " of " + versions[i->culprit];
        for (const auto& s : i->stretches)
          line += ' ' + format_time(s.from) + '-' + (s.until ? format_time(*s.until) : "");
        lines.insert(line);
      }
    }
    std::string out;
    for (const auto& l : lines) out += l + '\n';
    return out;
  }
};

class random_states {
 public:
  explicit random_states(unsigned seed) : random_(seed) {}

  state first() {
    state s;
    s.at = begin + 100 * hour;
    for (int n = 0; n < 8; ++n) release(s);
    return s;
  }
  // Random changes to a repository between two reads.
  state later(state s) {
    s.at += 50 * hour;
    for (int n = pick(6) + 1; n > 0; --n) {
      auto some = std::next(s.tags.begin(), pick(static_cast<int>(s.tags.size())));
      switch (pick(8)) {
        case 0: release(s); break;
        case 1: s.tags.size() > 2 ? (void)s.tags.erase(some) : release(s); break;
        case 2: some->second.first = "moved" + std::to_string(pick(3)); break;
        case 3: some->second.second += hour; break;
        case 4: s.on_head.emplace(some->second.first, s.at - hour); break;
        case 5: s.on_head.erase(some->second.first); break;
        case 6:
          s.branches.contains(some->first) ? (void)s.branches.erase(some->first)
                                           : (void)s.branches.emplace(some->first, "hotfix/x");
          break;
        default:
          s.mended.contains("r0") ? (void)s.mended.erase("r0")
                                  : (void)s.mended.emplace("r0", begin + (2 + pick(3)) * hour);
      }
    }
    std::erase_if(s.reverts, [&](const auto& r) { return !s.tags.contains(r.second); });
    if (s.reverts.empty() && pick(2) == 0) s.reverts.emplace("r" + std::to_string(pick(2)), s.tags.begin()->first);
    return s;
  }
  int pick(int most) { return std::uniform_int_distribution<int>(0, most - 1)(random_); }

 private:
  void release(state& s) {
    const auto tag = "1." + std::to_string(pick(9)) + '.' + std::to_string(pick(4));
    const auto commit = "c" + std::to_string(pick(12));
    s.tags[tag] = {commit, begin + pick(90) * hour};
    if (pick(2) == 0) s.on_head.emplace(commit, begin + pick(90) * hour);
    if (s.reverts.size() < 2 && pick(3) == 0) s.reverts["r" + std::to_string(s.reverts.size())] = tag;
  }
  std::mt19937 random_;
};

}
