#include "collectors/hook.hpp"

#include <algorithm>
#include <utility>

namespace releasehealth {

event hook::start(thing_type thing, std::string subject, std::optional<timestamp> occurred, timestamp fallback) const {
  event e;
  e.id = id;
  e.reports(thing);
  e.subject = std::move(subject);
  e.time = occurred.value_or(fallback);
  return e;
}

void hook::put_branch(event& e, std::string_view ref, std::optional<timestamp> pushed) const {
  if (is_default_branch(ref)) {
    e.fields["default_branch"] = true;
    put(e, "merged_at", pushed);
  } else {
    put(e, "ref", ref);
  }
}

event commit_of(const hook& h, const json::value& c, const pushed_commits& p, timestamp now) {
  const auto authored = sender_time_at(c, p.authored_at);
  auto e = h.start(thing_type::commit, text_at(c, p.id), authored, now);
  put(e, "commit", e.subject);
  put(e, "repository", p.repository);
  put_message(e, text_at(c, p.message));
  put(e, "url", text_at(c, p.url));
  put(e, "authored_at", authored);
  h.put_branch(e, p.ref, p.pushed_at);
  return e;
}

void add_commits(decoded& out, const hook& h, const pushed_commits& p, timestamp now) {
  for (const auto& c : p.all) {
    auto e = commit_of(h, c, p, now);
    e.id += '/' + std::to_string(out.events.size());
    out.events.push_back(std::move(e));
  }
}

event tag_of(const hook& h, const pushed_tag& p, timestamp now) {
  auto e = h.start(thing_type::tag, tag_subject(p.repository, p.name), p.at, now);
  e.id += "/refs/tags/" + p.name;
  put(e, "repository", p.repository);
  put(e, "name", p.name);
  put(e, "commit", p.commit);
  put(e, "object", p.object);
  put(e, "at", p.at);
  if (p.commit.empty() && p.object.empty()) e.fields["deleted"] = true;
  return e;
}

result<decoded> with_tag(result<decoded> out, std::optional<event> tag) {
  if (!out || !tag) return out;
  out->ignored.clear();
  out->events.push_back(std::move(*tag));
  return out;
}

std::string tag_of_ref(std::string_view ref) {
  constexpr std::string_view prefix = "refs/tags/";
  return ref.starts_with(prefix) ? std::string(ref.substr(prefix.size())) : std::string();
}

decoded merged(event merge, const std::string& tip) {
  const bool is_same = tip.starts_with(merge.subject) || merge.subject.starts_with(tip);  // a fast-forward
  if (!is_commit(tip) || is_same || !merge.fields.contains("default_branch")) return decoded(std::move(merge));
  event e = merge;
  e.id += "/tip";
  e.subject = tip;
  e.fields = {{"commit", tip}, {"default_branch", true}};
  for (const auto* name : {"repository", "ref", "pull_request", "merged_at"})
    if (const auto* value = merge.fields.if_contains(name)) e.fields[name] = *value;
  decoded out(std::move(merge));
  out.events.push_back(std::move(e));
  return out;
}

decoded other_source_of_deployments(const hook& h, std::string_view type) {
  return decoded::nothing(std::string(type) + ": this source takes its deployments from " +
                          h.settings.setting("deployments"));
}

bool is_listed(const hook& h, std::string_view setting, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(h.settings.list(setting),
                             [&](const auto& one) { return std::ranges::find(words, one) != words.end(); });
}

namespace {

// An author's clock may be wrong, and no figure needs the author date: drop it rather than reject the commit.
void drop_odd_author_date(event& e, timestamp received_at) {
  if (e.type != event_type::commit) return;
  const auto authored = time_at(e.fields, "/authored_at");
  if (!authored || is_sane_time(*authored, received_at)) return;
  e.fields.erase("authored_at");
  if (e.time == *authored) e.time = received_at;
}

}

result<decoded> checked(result<decoded> out, timestamp received_at, std::string_view what, std::string_view sender,
                        const std::string& root) {
  if (!out || out->events.empty()) return out;
  auto all = std::exchange(out->events, {});
  std::vector<problem> wrong;
  for (std::size_t n = 0; n < all.size(); ++n) {
    auto& e = all[n];
    shorten_ids(e);
    drop_odd_author_date(e, received_at);
    auto found = check(e, received_at, all.size() > 1 || !root.empty() ? root + '/' + std::to_string(n) : root);
    if (found.empty()) {
      out->events.push_back(std::move(e));
    } else {
      out->unreadable.push_back(found.front());
      wrong.insert(wrong.end(), found.begin(), found.end());
    }
  }
  if (!out->events.empty()) return out;
  if (wrong.size() > max_problems) wrong.resize(max_problems);
  return error(errc::unreadable, std::string(what) + " is not of the shape that " + std::string(sender) + " documents",
               std::move(wrong));
}

result<decoded> read_by_type(std::span<const hook_type> types, std::string_view type, const hook& h,
                             timestamp received_at, std::string_view sender) {
  const auto known = std::ranges::find(types, type, &hook_type::name);
  if (known == types.end()) return decoded::nothing("event type " + std::string(type) + " is not read");
  return checked(known->read(h, received_at), received_at, type, sender);
}

result<json::value> json_body(const delivery& d) {
  if (media_type(d.header.get("Content-Type")) != "application/json")
    return unsupported_type(d.header.get("Content-Type"), "application/json");
  return parse_json(d.body, d.may);
}

result<json::value> json_body_of_curl(const delivery& d) {
  const bool by_curl = media_type(d.header.get("Content-Type")) == "application/x-www-form-urlencoded";
  return by_curl ? parse_json(d.body, d.may) : json_body(d);
}

}
