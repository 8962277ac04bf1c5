// States of repositories that were read, in memory: what they tell against what is stored, folded as deriving folds it.
#include "daemon/import/git_events.hpp"

#include <map>
#include <random>

#include "collectors/base/crypto.hpp"
#include "daemon/timeline/incident.hpp"
#include "tests/check.hpp"

using namespace releasehealth;

namespace {

const timestamp begin = *parse_time("2026-01-01T00:00:00Z");
constexpr std::chrono::hours hour{1};

/// A repository at one instant.
struct state {
  std::string repository = "github.com/acme/shop", service = "shop", former_service = {};
  timestamp at = {};
  std::map<std::string, std::pair<std::string, timestamp>> tags = {};  ///< commit and date
  std::map<std::string, timestamp> on_head = {};                       ///< commits, and since when
  std::map<std::string, std::string> reverts = {};                     ///< reverting commit -> tag that failed
  std::map<std::string, timestamp> mended = {};                        ///< by reverting commit
  std::map<std::string, std::string> branches = {};                    ///< by tag
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

/// What a source told, as the ledger keeps it.
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

  /// As imports before 2026-12 stored it: ids and subjects without the repository.
  void import_former(const state& s) {
    for (const auto& t : s.things()) {
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

  /// One line a thing that is there; `with_subjects`: also how it is called.
  std::string folded(bool with_subjects = true) const {
    std::map<std::pair<thing_type, std::string>, std::vector<report>> reports;
    for (const auto& [id, e] : events)
      reports[{e.thing, e.subject}].push_back({e.id, e.time, e.type == event_type::retraction, false, e.fields});
    std::multiset<std::string> lines;
    std::map<std::string, std::string> versions;
    std::set<std::string> commits;  // of what is deployed: of others it matters nowhere where they are
    for (const auto& [key, told] : reports)
      if (key.first == thing_type::deployment)
        for (const auto& d : fold_deployment({"git", key.second}, told, {})) {
          commits.insert(d.commit);
          versions[key.second] = d.where.service + '/' + d.version;
          lines.insert("deployment " + (with_subjects ? key.second + ' ' : "") + d.where.service + ' ' + d.version +
                       ' ' + d.commit + ' ' + format_time(*d.finished_at) + ' ' + std::string(word(d.state)) + ' ' +
                       text_at(d.facts, "/ref"));
        }
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
  // What may happen to a repository between two reads of it.
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

TEST_SUITE("nodb") {
  TEST_CASE("a repository read again equals a fresh import, whichever of two states is read first") {
    for (unsigned seed = 0; seed < 400; ++seed) {
      CAPTURE(seed);
      random_states states(seed);
      const auto one = states.first(), two = states.later(one), three = states.later(two);
      store fresh, in_order, backwards, mixed;
      fresh.import(three);
      for (const auto* s : {&one, &two, &three, &three}) in_order.import(*s);
      for (const auto* s : {&three, &two, &one}) backwards.import(*s);
      for (const auto* s : {&two, &three, &one, &three}) mixed.import(*s);
      CHECK(in_order.folded() == fresh.folded());
      CHECK(backwards.folded() == fresh.folded());
      CHECK(mixed.folded() == fresh.folded());
      CHECK(in_order.import(three).events.empty());
      CHECK(backwards.import(two).newer_state == three.at);
    }
  }

  TEST_CASE("what an import of the former form stored is updated, not doubled, and keeps its names") {
    for (unsigned seed = 0; seed < 400; ++seed) {
      CAPTURE(seed);
      random_states states(seed);
      const auto one = states.first(), two = states.later(one);
      store upgraded, again, fresh, same;
      upgraded.import_former(one);
      upgraded.import(two);
      fresh.import(two);
      CHECK(upgraded.folded(false) == fresh.folded(false));
      again.import_former(one);
      again.import(one);
      for (const auto& [tag, what] : one.tags)
        CHECK(again.folded().find("deployment " + tag + " shop") != std::string::npos);
      same.import(one);
      CHECK(again.folded(false) == same.folded(false));
      CHECK(again.import(one).events.empty());
    }
  }

  TEST_CASE("repositories with the same tags do not lose each other's releases") {
    random_states states(7);
    store all;
    std::size_t releases = 0;
    for (const auto* name : {"cart", "search", "mail"}) {
      auto s = states.first();
      s.repository = s.service = name;
      s.tags["1.0.0"] = {std::string("of-") + name, begin};
      all.import(s);
      releases += s.tags.size();
    }
    const auto folded = all.folded();
    std::size_t found = 0;
    for (auto at = folded.find("deployment "); at != folded.npos; at = folded.find("deployment ", at + 1)) ++found;
    CHECK(found == releases);
    for (const auto* line : {"cart 1.0.0 of-cart", "search 1.0.0 of-search", "mail 1.0.0 of-mail"})
      CHECK(folded.find(line) != folded.npos);
    // after an upgrade: the first one's releases are in the former form, the others' were lost by it
    store upgraded;
    for (const auto* name : {"cart", "search"}) {
      state s{.repository = name,
              .service = name,
              .at = begin + 9 * hour,
              .tags = {{"1.0.0", {std::string("of-") + name, begin}}}};
      upgraded.import_former(s);
      s.service == "search" ? (void)upgraded.import(s) : void();
    }
    CHECK(upgraded.folded() == "deployment 1.0.0 cart 1.0.0 of-cart 2026-01-01T00:00:00Z succeeded \n" +
                                   upgraded.folded().substr(upgraded.folded().find("deployment 1.0.0~")));
    CHECK(upgraded.folded().find("search 1.0.0 of-search") != std::string::npos);
  }

  TEST_CASE("a partial read retracts nothing, nor does another pattern what it leaves out") {
    state s{.at = begin + 9 * hour, .tags = {{"1.0.0", {"a", begin}}, {"2.0.0", {"b", begin}}}};
    store all;
    all.import(s);
    auto part = s;
    part.tags.erase("1.0.0");
    part.at += hour;
    part.is_complete = false;
    CHECK(all.import(part).events.empty());
    auto other = part;
    other.is_complete = true;
    other.others = {{"1.0.0", "a", begin}};
    CHECK(all.import(other).retracted == 0);
    other.others = {{"1.0.0", "moved", begin}};
    CHECK(all.import(other).retracted == 1);
    CHECK(all.folded().find("1.0.0") == std::string::npos);
    auto back = s;
    back.at = other.at;  // of the same second
    CHECK(all.import(back).retracted == 0);
    CHECK(all.folded().find("shop 1.0.0 a") != std::string::npos);
  }

  TEST_CASE("a repository that is stored under another name is not stored twice") {
    state s{.at = begin + 9 * hour, .tags = {{"1.0.0", {"a", begin}}}};
    store all;
    all.import(s);
    s.repository = "elsewhere";
    CHECK(all.import(s).stored_as == "github.com/acme/shop");
    s.service = "worker";  // another service of the same repository
    CHECK(all.import(s).stored_as.empty());
    // next.js was taken for the service next before 2026-12
    store former;
    state next{.service = "next", .at = begin + 9 * hour, .tags = {{"1.0.0", {"a", begin}}}, .on_head = {{"a", begin}}};
    former.import_former(next);
    next.service = "next.js";
    next.former_service = "next";
    CHECK(former.import(next).retracted == 1);
    CHECK(former.folded().find("next.js 1.0.0 a") != std::string::npos);
    CHECK(former.folded().find("next 1.0.0 a") == std::string::npos);
  }

  TEST_CASE("texts of repositories: encodings and addresses") {
    CHECK(to_utf8("caf\xE9", "ISO-8859-1") == "caf\xC3\xA9");
    CHECK(to_utf8("caf\xC3\xA9", nullptr) == "caf\xC3\xA9");
    CHECK(to_utf8("caf\xE9 x", nullptr) == "caf\xEF\xBF\xBD x");
    CHECK(to_utf8("caf\xE9", "no-such-encoding") == "caf\xEF\xBF\xBD");
    CHECK(to_utf8("\x83\x65\x83\x58\x83\x67", "Shift_JIS") == "\xE3\x83\x86\xE3\x82\xB9\xE3\x83\x88");
    CHECK(to_utf8(std::string(1000, 'a') + "\xED\xA0\x80" + "\xF5\x80\x80\x80", "UTF-8").find("\xED\xA0\x80") ==
          std::string::npos);
    CHECK(to_utf8("\xF5\x80\x80\x80", nullptr).find('\xF5') == std::string::npos);
    for (const auto* url :
         {"https://GitHub.com/Acme/Shop.git", "git@github.com:acme/shop.git", "ssh://git@github.com:22/acme/shop",
          "https://user:secret@github.com/acme/shop/", "git://github.com/acme/shop.git"}) {
      CAPTURE(url);
      CHECK(repository_of_url(url) == "github.com/acme/shop");
    }
    for (const auto* path : {"/srv/git/shop.git", "../shop", "file:///srv/git/shop.git", ""})
      CHECK(repository_of_url(path).empty());
  }
}
