#pragma once
// One delivery of JSON on its way to events, and the way from its type to whoever reads it: for sources that send
// several types to one URL.
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "collectors/collector.hpp"
#include "collectors/facts.hpp"
#include "collectors/fields.hpp"

namespace releasehealth {

/// The source's settings, the delivery's id, its body, and the default branch of what it is about (empty: not told).
struct hook {
  const source& settings;
  std::string id;
  const json::value& in;
  std::string default_branch;

  std::string text(std::string_view pointer) const { return text_at(in, pointer); }
  std::optional<timestamp> time(std::string_view pointer) const { return sender_time_at(in, pointer); }
  bool reads_deployments_from(std::string_view type) const { return settings.setting("deployments") == type; }
  /// A deployment from there has nothing to be merged back.
  bool is_default_branch(std::string_view ref) const {
    return !default_branch.empty() && (ref == default_branch || ref == "refs/heads/" + default_branch);
  }
  std::string subject(std::string_view prefix, std::string_view pointer) const {
    return subject_at(in, prefix, pointer);
  }
  /// A name that is an incident's within this source, where an id is unique within the sender only.
  std::string own_name(std::string_view number) const { return settings.name + ":" + std::string(number); }
  /// Where a commit was pushed to, and when. That it reached the default branch is said only when true: a later push of
  /// it to another branch must not take it back.
  void put_branch(event&, std::string_view ref, std::optional<timestamp> pushed) const;
  /// An event about that thing, at `at` or else at `fallback`.
  event start(thing_type, std::string subject, std::optional<timestamp> at, timestamp fallback) const;
};

/// Commits that were pushed, and where their facts stand in each.
struct pushed_commits {
  std::span<const json::value> all;
  std::string_view id, message, authored_at, url;  ///< pointers into each of them
  std::string repository, ref;
  std::optional<timestamp> pushed_at;
};
void add_commits(decoded&, const hook&, const pushed_commits&, timestamp now);
/// One commit's facts, by those pointers; `all` is not looked at.
event commit_of(const hook&, const json::value& commit, const pushed_commits&, timestamp now);

/// A tag that was created, moved or deleted (figures.md section 14).
struct pushed_tag {
  std::string repository, name;
  std::string commit;  ///< that it points to, not the object of an annotated tag; empty: not reported
  std::optional<timestamp> at;
  std::string object = {};  ///< that its ref points to: a commit, or the object of an annotated tag
};
/// Without a commit and an object it was deleted.
event tag_of(const hook&, const pushed_tag&, timestamp now);
/// Adds the tag, if there is one, to the events of the delivery.
result<decoded> with_tag(result<decoded>, std::optional<event> tag);
/// The name of a tag's ref: v1 of refs/tags/v1; empty: the ref is no tag's.
std::string tag_of_ref(std::string_view ref);

/// A merged pull request: the commit that its merge made, and the tip of its branch. A squash or a rebase makes other
/// commits, so that a deployment of the tip is known to have reached the default branch by this alone.
decoded merged(event merge, const std::string& tip);

/// What a source answers for a type of event that does not stand for a deployment here.
decoded other_source_of_deployments(const hook&, std::string_view type);

struct hook_type {
  std::string_view name;
  result<decoded> (*read)(const hook&, timestamp now);
};

/// Whether a list of the settings holds one of these words.
bool is_listed(const hook&, std::string_view setting, std::initializer_list<std::string_view> words);

/// The one place where a source's events are checked. Those that pass no check are left out and named in `unreadable`,
/// at their position below `at` if there are several; errc::unreadable if none is left. Ids that are longer than a name
/// are hashed, and a commit loses an author's date that cannot be. `what` came, `sender` documents its shape.
result<decoded> checked(result<decoded>, timestamp received_at, std::string_view what, std::string_view sender,
                        const std::string& at = {});

/// Reads the delivery as its type asks for, and checks what comes of it.
result<decoded> read_by_type(std::span<const hook_type>, std::string_view type, const hook&, timestamp received_at,
                             std::string_view sender);

/// The body of a sender of application/json. errc::media_type, errc::malformed.
result<json::value> json_body(const delivery&, std::string_view sender);

/// The same for a sender whose documentation calls `curl -d` without a header: curl then says
/// application/x-www-form-urlencoded of the JSON.
result<json::value> json_body_of_curl(const delivery&, std::string_view sender);

}
