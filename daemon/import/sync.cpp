#include "daemon/import/sync.hpp"

#include <algorithm>

#include "collectors/base/nearest.hpp"
#include "collectors/base/text.hpp"
#include "daemon/import/api_exports.hpp"
#include "daemon/system/clock.hpp"

namespace releasehealth {
namespace {

constexpr auto first_horizon = std::chrono::days(90);
constexpr std::size_t most_pages = 1'000'000;  // a server that repeats a page must not keep a sync busy for ever

// Whether an extent that begins at `begin` contains the extent that was asked for.
bool covers(std::optional<timestamp> begin, const sync_question& asked) {
  return begin && (!asked.since || *begin <= *asked.since);
}

}

bool matches_wildcard(std::string_view wildcards, std::string_view text) {
  if (wildcards.empty()) return text.empty();
  if (wildcards.front() == '*') {
    for (std::size_t skipped = 0; skipped <= text.size(); ++skipped)
      if (matches_wildcard(wildcards.substr(1), text.substr(skipped))) return true;
    return false;
  }
  return !text.empty() && lower_case(wildcards.front()) == lower_case(text.front()) &&
         matches_wildcard(wildcards.substr(1), text.substr(1));
}

sync::sync(const sync_question& asked, const http::client_settings& connection, sync_store* store, sync_handler handler)
    : question_(asked),
      api_(*find_collector(asked.settings.kind)->api),
      store_(store),
      handler_(std::move(handler)),
      client_(api_, asked.settings, asked.token, connection, handler_.pause) {}

void sync::fail(const std::string& what, const error& why, std::string_view permission) {
  const bool lacks_permission = (why.code == errc::unauthorized || why.code == errc::unknown) && !permission.empty();
  result_.failures.push_back(
      what + ": " + why.text() +
      (lacks_permission ? "; expected a token with the permission " + in_quotes(permission) : ""));
  handler_.warn(result_.failures.back());
}

ledger::sync_position sync::position_of(const api_list& list, const std::string& scope) const {
  for (const auto& p : positions_)
    if (p.list == list.name && p.scope == scope) return p;
  return {.source = question_.settings.name, .list = std::string(list.name), .scope = scope};
}

// A tool without scopes has one place.
std::vector<api_place> sync::find_scopes() {
  const auto& settings = question_.settings;
  const api_place whole{settings, client_.url(), {}, {}, {}, {}};
  if (!api_.scopes) return {whole};
  std::vector<api_place> found;
  std::set<std::string> known;
  const auto excluded = settings.list("api_exclude"), included = settings.list("api_include");
  const auto is_any = [](std::span<const std::string> patterns, const std::string& scope) {
    return std::ranges::any_of(patterns, [&](const auto& one) { return matches_wildcard(one, scope); });
  };
  for (std::optional<api_request> asked; const auto& first : api_.scopes(whole)) {
    asked = first;
    for (std::size_t pages = 0; asked && pages < most_pages; ++pages) {
      const auto reply = client_.ask(*asked);
      auto page = reply ? api_.read_scopes(whole, *asked, reply->answer) : result<api_page>(reply.error());
      if (!page) {
        fail("list of " + std::string(api_.scope), page.error(), "");
        break;
      }
      for (auto& one : page->objects) {
        const auto scope = text_at(one, "/scope");
        if (scope.empty() || is_any(excluded, scope) || (!included.empty() && !is_any(included, scope))) continue;
        if (known.insert(scope).second) found.push_back({settings, client_.url(), scope, std::move(one), {}, {}});
      }
      asked = std::move(page->next);
    }
  }
  return found;
}

void sync::take(const api_list& list, const api_place& place, const json::object& object, std::vector<event>& all) {
  const record_handler handler{.take = [&](event e, std::optional<timestamp>) { all.push_back(std::move(e)); },
                               .refuse =
                                   [&](const refused_record& bad) {
                                     ++result_.refused;
                                     handler_.warn(std::string(list.name) + ' ' + place.scope + ": " + bad.why.text());
                                   }};
  read_api_object(*find_api_export(list.format), place.settings, object, std::string(list.name), {}, system_now(),
                  handler);
}

result<void> sync::complete(const api_list& list, const api_place& place, std::vector<json::object>& objects) {
  if (!list.details) return {};
  for (std::optional<api_request> asked; const auto& first : list.details(place, objects)) {
    asked = first;
    for (std::size_t pages = 0; asked && pages < most_pages; ++pages) {
      const auto reply = client_.ask(*asked);
      if (!reply && reply.error().code == errc::unknown && list.may_lack_details) break;
      if (!reply) return reply.error();
      auto next = list.complete(objects, *asked, reply->answer);
      if (!next) return next.error();
      asked = std::move(*next);
    }
  }
  return {};
}

void sync::store(std::vector<event> all) {
  for (const auto& e : all) handler_.read(e);
  if (!store_) return;
  result_.unreported += store_->log.count_unreported(question_.settings.name, all);
  for (auto& e : all) store_->events.take(std::move(e), {});
  store_->events.finish();
}

result<std::optional<api_request>> sync::read_page(const api_list& list, const api_place& place,
                                                   const api_request& asked, ledger::sync_position& p) {
  const bool is_first = !p.began_at;
  const bool may_be_unchanged =
      is_first && list.shows_changes_first && p.etag_path == asked.path && covers(p.since, question_);
  const auto reply = client_.ask(asked, may_be_unchanged ? p.etag : std::string());
  if (!reply) return reply.error();
  if (is_first) {
    p.began_at = reply->answered_at;
    p.etag = reply->etag;
    p.etag_path = asked.path;
  }
  if (reply->is_unchanged) return std::optional<api_request>();
  auto page = list.read(place, asked, reply->answer);
  if (!page) return page.error();
  if (const auto done = complete(list, place, page->objects); !done) return done.error();
  std::vector<event> all;
  for (const auto& object : page->objects) take(list, place, object, all);
  std::erase_if(all, [&](const event& e) { return question_.until && e.time >= *question_.until; });
  store(std::move(all));
  return std::move(page->next);
}

void sync::read_list(const api_list& list, api_place place) {
  auto p = position_of(list, place.scope);
  const auto now = system_now();
  const auto name = std::string(list.name) + (place.scope.empty() ? "" : " of " + place.scope);
  const bool is_known = p.until && covers(p.since, question_);
  const bool is_resumed = p.began_at && !p.next_path.empty() && covers(p.reading_since, question_);
  if (!is_resumed) {
    p.reading_since = is_known ? *p.until - list.overlap : question_.since.value_or(now - first_horizon);
    p.began_at.reset();
  }
  place.since = *p.reading_since;
  place.until = question_.until.value_or(now);
  handler_.note(name, done_++, total_);
  std::optional<api_request> asked = is_resumed ? api_request{p.next_path, p.next_body} : list.first(place);
  if (asked->path.empty()) return;
  for (std::size_t pages = 0; asked; ++pages) {
    auto next = pages < most_pages ? read_page(list, place, *asked, p)
                                   : error(errc::unreadable, "more than " + std::to_string(most_pages) + " pages");
    if (!next) return fail(name, next.error(), list.permission);
    asked = std::move(*next);
    p.next_path = asked ? asked->path : "";
    p.next_body = asked ? asked->body : "";
    if (asked && store_) store_->log.write(p);
  }
  p.since = is_known ? std::min(*p.since, *p.reading_since) : *p.reading_since;
  if (!question_.until) p.until = p.began_at.value_or(now);
  p.reading_since.reset();
  p.began_at.reset();
  if (store_) store_->log.write(p);
}

sync_result sync::run() {
  if (store_) positions_ = store_->log.positions(question_.settings.name);
  const auto places = find_scopes();
  const auto is_needed = [&](const api_list& list) { return list.is_needed(question_.settings); };
  total_ = places.size() * static_cast<std::size_t>(std::ranges::count_if(api_.lists, is_needed));
  for (const auto& place : places)
    for (const auto& list : api_.lists)
      if (is_needed(list)) read_list(list, place);
  result_.requests = client_.requests();
  return result_;
}

}
