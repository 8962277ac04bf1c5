#pragma once
// One JSON delivery on its way to events, and its dispatch by type: for sources that send several types to one URL.
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "collectors/collector.hpp"
#include "collectors/facts.hpp"
#include "collectors/fields.hpp"

namespace releasehealth {

/// The source's settings, the delivery's id, its body, and the default branch of its repository (empty: not reported).
struct hook {
  const source& settings;
  std::string id;
  const json::value& body;
  std::string default_branch;

  std::string text(std::string_view pointer) const { return text_at(body, pointer); }
  std::optional<timestamp> time(std::string_view pointer) const { return sender_time_at(body, pointer); }
  bool reads_deployments_from(std::string_view type) const { return settings.setting("deployments") == type; }
  /// A deployment of this branch has nothing to merge back.
  bool is_default_branch(std::string_view ref) const {
    return !default_branch.empty() && (ref == default_branch || ref == "refs/heads/" + default_branch);
  }
  std::string subject(std::string_view prefix, std::string_view pointer) const {
    return subject_at(body, prefix, pointer);
  }
  /// A name of an incident for ids that are unique only within the sender: prefixed with the source's name.
  std::string own_name(std::string_view number) const { return settings.name + ":" + std::string(number); }
  /// Sets the branch that a commit was pushed to, and the time. `default_branch` is only ever set to true: a later push
  /// to another branch must not reset it.
  void put_branch(event&, std::string_view ref, std::optional<timestamp> pushed) const;
  /// An event about a thing, at the time it occurred, or else at `fallback`.
  event start(thing_type, std::string subject, std::optional<timestamp> occurred, timestamp fallback) const;
};

/// Pushed commits, and the pointers to the facts of each.
struct pushed_commits {
  std::span<const json::value> all;
  std::string_view id, message, authored_at, url;  ///< pointers into each of them
  std::string repository, ref;
  std::optional<timestamp> pushed_at;
};
void add_commits(decoded&, const hook&, const pushed_commits&, timestamp now);
/// The facts of one commit, by the pointers of `pushed_commits`; its `all` is not used.
event commit_of(const hook&, const json::value& commit, const pushed_commits&, timestamp now);

/// A tag that was created, moved or deleted (figures.md section 14).
struct pushed_tag {
  std::string repository, name;
  std::string commit;  ///< the target, not the object of an annotated tag; empty: not reported
  std::optional<timestamp> at;
  std::string object = {};  ///< the ref's target: a commit, or the object of an annotated tag
};
/// A tag without commit and object counts as deleted.
event tag_of(const hook&, const pushed_tag&, timestamp now);
/// Adds the tag, if any, to the events of the delivery.
result<decoded> with_tag(result<decoded>, std::optional<event> tag);
/// The tag's name in a ref: v1 for refs/tags/v1; empty if the ref is not a tag.
std::string tag_of_ref(std::string_view ref);

/// A merged pull request: its merge commit, and the tip of its branch. A squash or a rebase creates other commits, so
/// only this event shows that a deployment of the tip reached the default branch.
decoded merged(event merge, const std::string& tip);

/// The result for an event type that does not represent a deployment in this source's configuration.
decoded other_source_of_deployments(const hook&, std::string_view type);

struct hook_type {
  std::string_view name;
  result<decoded> (*read)(const hook&, timestamp now);
};

/// Whether a list setting contains one of these words.
bool is_listed(const hook&, std::string_view setting, std::initializer_list<std::string_view> words);

/// The only place that checks a source's events. Events that fail check() are left out and listed in `unreadable`, by
/// their position below `root` if there are several; errc::unreadable if none is left. Ids that are longer than a name
/// are hashed, and an impossible author date of a commit is dropped. For messages: `what` was received, and `sender`
/// documents its shape.
result<decoded> checked(result<decoded>, timestamp received_at, std::string_view what, std::string_view sender,
                        const std::string& root = {});

/// Reads the delivery with the reader of its type, and checks the events.
result<decoded> read_by_type(std::span<const hook_type>, std::string_view type, const hook&, timestamp received_at,
                             std::string_view sender);

/// The body of a delivery that must be application/json. errc::media_type, errc::malformed.
result<json::value> json_body(const delivery&);

/// Like json_body(), for senders whose documentation uses `curl -d` without a header: curl then labels the JSON as
/// application/x-www-form-urlencoded.
result<json::value> json_body_of_curl(const delivery&);

}
