#include "daemon/import/git_events.hpp"

#include <algorithm>

#include "collectors/base/crypto.hpp"
#include "collectors/fields.hpp"
#include "daemon/timeline/fold.hpp"

namespace releasehealth {
namespace {

std::string short_hash(const std::string& text, std::size_t digits) { return sha256_hex(text).substr(0, digits); }

// The id format before 2026-12, which identified a thing only by its tag or commit.
std::string former_id(const git_thing& t) {
  constexpr std::size_t digits = 32;
  const auto* what = t.type == thing_type::deployment ? "release "
                     : t.type == thing_type::incident ? "revert "
                                                      : "commit ";
  return std::string(git_id_prefix) + short_hash(what + t.name, digits);
}
bool is_former(const std::string& id) {
  return id.starts_with(git_id_prefix) && id.find('-', git_id_prefix.size()) == id.npos;
}

/// The stored state of a thing.
struct known_thing {
  std::vector<report> reports;
  bool is_own = false;             ///< reported by an import of this repository
  std::string former_id, foreign;  ///< its id in the format before 2026-12; the prefix of another repository's ids
  json::object facts;
  bool is_retracted = false;
  timestamp told_at;  ///< the time of the last report

  bool is_live() const {
    return !is_retracted && std::ranges::any_of(reports, [](const report& r) { return !r.retraction; });
  }
  bool is_deleted() const { return flag_at(facts, "/deleted"); }
  std::string text(const char* field) const { return text_at(facts, std::string("/") + field); }
};

using thing_key = std::pair<thing_type, std::string>;  ///< type and subject

std::map<thing_key, known_thing> fold_stored(const std::vector<event>& stored, const std::string& own_prefix) {
  std::map<thing_key, known_thing> all;
  for (const auto& e : stored) {
    if (e.is_override || !e.id.starts_with(git_id_prefix)) continue;
    auto& k = all[{e.thing, e.subject}];
    if (e.id.starts_with(own_prefix))
      k.is_own = true;
    else if (is_former(e.id))
      k.former_id = e.id;
    else
      k.foreign = e.id.substr(0, own_prefix.size());
    k.reports.push_back({e.id, e.time, e.type == event_type::retraction, false, e.fields});
  }
  for (auto& [key, k] : all) {
    order_reports(k.reports);
    k.facts = merge_reports(k.reports);
    k.is_retracted = is_retracted(k.reports);
    k.told_at = k.reports.back().time;
  }
  return all;
}

class difference {
 public:
  difference(const git_read& read, const std::vector<event>& stored)
      : read_(read), prefix_(read.id_prefix()), stored_(fold_stored(stored, prefix_)) {}

  git_update tell() {
    git_update out;
    if ((out.newer_state = newer_state()) || !(out.stored_as = stored_as(stored_)).empty()) return out;
    for (const auto& t : read_.things)
      if (t.type == thing_type::deployment) subjects_[t.name] = subject_of(t);
    for (const auto& t : read_.things) tell(t);
    if (read_.is_complete) {
      for (const auto& [key, known] : stored_) look_at_missing(key, known);
      mark_read();
    }
    out.events = std::move(events_);
    out.retracted = retracted_;
    return out;
  }

 private:
  std::string mark() const {
    return "history-" + prefix_.substr(git_id_prefix.size(), prefix_.size() - git_id_prefix.size() - 1);
  }

  std::optional<timestamp> newer_state() const {
    const auto mark_of = stored_.find({thing_type::deployment, mark()});
    if (mark_of == stored_.end() || mark_of->second.told_at <= read_.state_at) return {};
    return mark_of->second.told_at;
  }

  // The name of another repository under which a release with the same tag and commit is stored for this service.
  std::string stored_as(const std::map<thing_key, known_thing>& all) const {
    if (std::ranges::any_of(all,
                            [](const auto& k) { return k.first.first == thing_type::deployment && k.second.is_own; }))
      return {};
    std::set<std::pair<std::string, std::string>> here;
    for (const auto& t : read_.things)
      if (t.type == thing_type::deployment) here.insert({t.name, text_at(t.fields, "/commit")});
    for (const auto& [key, k] : all) {
      const bool is_release = key.first == thing_type::deployment && !k.is_own && !k.foreign.empty() && k.is_live();
      if (!is_release || k.text("service") != read_.service || !here.contains({k.text("tag"), k.text("commit")}))
        continue;
      const auto other =
          all.find({thing_type::deployment,
                    "history-" + k.foreign.substr(git_id_prefix.size(), k.foreign.size() - git_id_prefix.size() - 1)});
      auto name = other == all.end() ? std::string() : text_at(other->second.reports.back().fields, "/repository");
      return name.empty() ? "another name" : name;
    }
    return {};
  }

  // A tag that names another commit or has another date is a different release. A release stored in the format before
  // 2026-12 keeps its subject while it is unchanged, because people may have amended it.
  std::string subject_of(const git_thing& t) const {
    constexpr std::size_t digits = 12, most = 180;
    const auto former = t.type == thing_type::deployment ? t.name : "revert-" + t.name.substr(0, digits);
    if (const auto known = stored_.find({t.type, former});
        known != stored_.end() && is_former_form_of(known->second, t))
      return former;
    const auto what =
        t.type == thing_type::deployment ? text_at(t.fields, "/commit") + ' ' + text_at(t.fields, "/finished_at") : "";
    return former.substr(0, most) + '~' + short_hash(prefix_ + ' ' + t.name + ' ' + what, digits);
  }
  bool is_former_form_of(const known_thing& k, const git_thing& t) const {
    if (k.former_id != former_id(t) || !is_here(k)) return false;
    return t.type != thing_type::deployment || (k.text("commit") == text_at(t.fields, "/commit") &&
                                                k.text("finished_at") == text_at(t.fields, "/finished_at"));
  }
  bool is_here(const known_thing& k) const {
    return k.text("service") == read_.service && k.text("environment") == read_.environment;
  }

  void tell(const git_thing& t) {
    if (t.type == thing_type::tag) return tell_tag(t);
    const auto subject = t.type == thing_type::commit       ? t.name
                         : t.type == thing_type::deployment ? subjects_.at(t.name)
                                                            : subject_of(t);
    auto fields = t.fields;
    if (t.type == thing_type::incident) {
      const auto failed = subjects_.find(t.culprit);  // not found if it is older than --since
      fields["culprit"] = failed == subjects_.end() ? t.culprit : failed->second;
    }
    tell({t.type, subject}, std::move(fields));
  }

  // A tag that moved or reappeared points to this commit since the previous report at the earliest, whatever its date.
  void tell_tag(const git_thing& t) {
    const thing_key key{thing_type::tag, tag_subject(read_.repository, t.name)};
    auto fields = t.fields;
    fields["repository"] = read_.repository;
    if (const auto known = stored_.find(key); known != stored_.end()) {
      const auto& known_before = known->second;
      if (known_before.is_live() && !known_before.is_deleted() &&
          known_before.text("commit") == text_at(fields, "/commit"))
        return (void)told_.insert(key);
      fields["at"] = format_time(std::max(t.at, known_before.told_at));
    }
    tell(key, std::move(fields));
  }

  // Reports the differences from the stored facts, at the time of this state; nothing if a newer state is stored.
  void tell(const thing_key& key, json::object fields) {
    if (!told_.insert(key).second) return;
    const auto found = stored_.find(key);
    const auto* known = found == stored_.end() ? nullptr : &found->second;
    if (known && is_newer(*known)) return;
    if (known && known->is_retracted) retract(key, false, *known);
    bool differs = !known || (known->facts.empty() && !known->is_live());
    json::object told;
    for (auto& [name, value] : fields) {
      const auto* known_before = known ? known->facts.if_contains(name) : nullptr;
      differs |= value.is_null() ? known_before != nullptr : !known_before || *known_before != value;
      // A missing first commit is reported as null: without the field, the commit's own time would be used instead.
      if (!value.is_null() || known_before || name == "first_commit_at") told[name] = std::move(value);
    }
    if (differs) add(report_of(key.first), key, std::move(told), known);
  }

  // A complete read retracts things that it no longer finds, reports missing tags as deleted, and updates whether
  // commits are on HEAD's history.
  void look_at_missing(const thing_key& key, const known_thing& k) {
    if (told_.contains(key) || !k.is_live() || is_newer(k) || key.second == mark()) return;
    if (key.first == thing_type::tag) {
      if (!k.is_own || k.is_deleted()) return;
      return tell(key, {{"repository", read_.repository},
                        {"name", k.text("name")},
                        {"deleted", true},
                        {"at", format_time(read_.state_at)}});
    }
    if (key.first == thing_type::commit) {
      if (!k.is_own) return;
      const auto reached = read_.reached_head.find(key.second);
      const bool is_on_head = reached != read_.reached_head.end();
      return tell(key, {{"default_branch", is_on_head},
                        {"merged_at", is_on_head ? json::value(format_time(reached->second)) : json::value(nullptr)}});
    }
    if (is_kept_by_another_pattern(k) || !(k.is_own || is_former_of_this(key, k))) return;
    retract(key, true, k);
    ++retracted_;
  }

  bool is_kept_by_another_pattern(const known_thing& k) const {
    const auto tag_is_there = [&](const std::string& tag, const std::string& commit) {
      return std::ranges::any_of(read_.others, [&](const git::tag& t) { return t.name == tag && t.commit == commit; });
    };
    if (const auto culprit = k.text("culprit"); !culprit.empty()) {
      const auto failed = stored_.find({thing_type::deployment, culprit});
      return failed != stored_.end() && is_kept_by_another_pattern(failed->second);
    }
    return (k.is_own || is_here(k)) && tag_is_there(k.text("tag"), k.text("commit"));
  }

  // A release in the format before 2026-12 belongs to this repository if it has this service and its tag or commit
  // exists here; under the service's former name, only if its commit exists here.
  bool is_former_of_this(const thing_key& key, const known_thing& k) const {
    if (k.former_id.empty() || k.text("environment") != read_.environment) return false;
    const bool is_by_former_name = !read_.former_service.empty() && k.text("service") == read_.former_service;
    if (!is_here(k) && !is_by_former_name) return false;
    const auto commit = key.first == thing_type::deployment ? k.text("commit") : k.text("culprit");
    if (key.first == thing_type::incident) return is_here(k) || subjects_.contains(commit);
    return read_.has_commit(commit) || (is_here(k) && subjects_.contains(k.text("tag")));
  }

  // Git's times are whole seconds; reports about states within the same second are ordered by added microseconds.
  bool is_newer(const known_thing& k) const { return k.told_at >= read_.state_at + std::chrono::seconds{1}; }

  void retract(const thing_key& key, bool is_gone, const known_thing& k) {
    add(event_type::retraction, key,
        {{"of", word(key.first)},
         {"retracted", is_gone},
         {"service", k.text("service")},
         {"environment", read_.environment}},
        &k);
  }

  void add(event_type type, const thing_key& key, json::object fields, const known_thing* known) {
    event e;
    e.type = type;
    e.thing = key.first;
    e.subject = key.second;
    e.time = read_.state_at;
    if (known) e.time = std::max(e.time, known->told_at + duration{1});
    e.fields = std::move(fields);
    constexpr std::size_t digits = 20;
    e.id = prefix_ + short_hash(std::string(word(type)) + ' ' + e.subject + ' ' + format_time(e.time) + ' ' +
                                    json::serialize(e.fields),
                                digits);
    events_.push_back(std::move(e));
  }

  // Stores the time of the last state read, as a retraction of a deployment that does not exist.
  void mark_read() {
    const thing_key key{thing_type::deployment, mark()};
    const auto found = stored_.find(key);
    if (found != stored_.end() && found->second.told_at >= read_.state_at) return;
    add(event_type::retraction, key,
        {{"of", word(thing_type::deployment)},
         {"retracted", true},
         {"repository", read_.repository},
         {"service", read_.service},
         {"environment", read_.environment},
         {"prefix", read_.prefix}},
        nullptr);
  }

  const git_read& read_;
  std::string prefix_;
  std::map<thing_key, known_thing> stored_;
  std::map<std::string, std::string> subjects_;  ///< of releases by their tags
  std::set<thing_key> told_;
  std::vector<event> events_;
  std::size_t retracted_ = 0;
};

}

std::string git_read::id_prefix() const {
  constexpr std::size_t digits = 16;
  return std::string(git_id_prefix) +
         short_hash(repository + '\n' + service + '\n' + environment + '\n' + prefix, digits) + '-';
}

git_update tell_differences(const git_read& read, const std::vector<event>& stored) {
  return difference(read, stored).tell();
}

}
