#include "daemon/import/github_deliveries.hpp"

#include <algorithm>
#include <map>

#include "daemon/http/client.hpp"

namespace releasehealth {
namespace {

constexpr int max_pages = 1000;  // of 100 deliveries

struct answer {
  json::value body;
  std::string next;  ///< the cursor of the next page; empty: the last
};

// Extracts the cursor from `<https://api.github.com/...&cursor=v1_123>; rel="next"`. The rest of the URL is not used,
// so that a response cannot redirect requests to another server.
std::string next_cursor(const http::response& r) {
  for (const auto& [name, value] : r.header) {
    if (name != "Link" && name != "link") continue;
    const auto end = value.find(">; rel=\"next\"");
    if (end == value.npos) continue;
    const auto start = value.rfind('<', end), cursor = value.rfind("cursor=", end);
    if (start == value.npos || cursor == value.npos || cursor < start) continue;
    const auto text = value.substr(cursor + 7, end - cursor - 7);
    return text.substr(0, text.find('&'));
  }
  return {};
}

result<answer> ask(const github_hooks& github, const std::string& path) {
  const auto url = github.api + '/' + github.owner + "/hooks" + path;
  const auto r = http::send("GET", url, "",
                            {{"Accept", "application/vnd.github+json"},
                             {"X-GitHub-Api-Version", "2022-11-28"},
                             {"Authorization", "Bearer " + github.token}});
  if (!r) return r.error();
  const auto parsed = parse_json(r->body);
  if (r->status != 200) {
    const auto why = parsed ? text_at(*parsed, "/message") : std::string();
    const auto code = r->status == 401 || r->status == 403 ? errc::unauthorized
                      : r->status == 404                   ? errc::unknown
                                                           : errc::unavailable;
    return error(code, url + ": " + std::to_string(r->status) + (why.empty() ? "" : ' ' + why));
  }
  if (!parsed) return error(errc::unavailable, url + ": " + parsed.error().text());
  return answer{*parsed, next_cursor(*r)};
}

bool is_answered(const json::value& attempt) {
  const auto status = number_at(attempt, "/status_code").value_or(0);
  return status >= 200 && status < 300;
}

}

result<std::string> find_github_hook(const github_hooks& github, const std::string& url_ending) {
  const auto hooks = ask(github, "?per_page=100");
  if (!hooks) return hooks.error();
  std::vector<std::string> found;
  if (hooks->body.is_array())
    for (const auto& hook : hooks->body.get_array())
      if (text_at(hook, "/config/url").ends_with(url_ending)) found.push_back(text_at(hook, "/id"));
  if (found.size() == 1) return found.front();
  return error(errc::unknown, std::string(found.empty() ? "no hook" : "more than one hook") + " of " + github.owner +
                                  " has a URL that ends with " + url_ending + "; select one with --hook");
}

result<std::vector<github_delivery>> list_github_deliveries(const github_hooks& github, const std::string& hook,
                                                            timestamp since) {
  std::map<std::string, github_delivery> by_guid;
  std::string cursor;
  for (int page = 0; page < max_pages; ++page) {
    const auto listed =
        ask(github, '/' + hook + "/deliveries?per_page=100" + (cursor.empty() ? "" : "&cursor=" + cursor));
    if (!listed) return listed.error();
    bool reached = false;
    if (listed->body.is_array())
      for (const auto& attempt : listed->body.get_array()) {  // the newest first
        const auto delivered = time_at(attempt, "/delivered_at").value_or(timestamp{});
        if ((reached = delivered < since)) break;
        auto& d = by_guid[text_at(attempt, "/guid")];
        if (d.id.empty()) d.id = text_at(attempt, "/id");
        d.guid = text_at(attempt, "/guid");
        d.event = text_at(attempt, "/event");
        d.delivered_at = delivered;
        d.answered |= is_answered(attempt);
      }
    cursor = listed->next;
    if (reached || cursor.empty()) break;
  }
  std::vector<github_delivery> all;
  all.reserve(by_guid.size());
  for (auto& [guid, d] : by_guid) all.push_back(std::move(d));
  std::ranges::sort(all, {}, &github_delivery::delivered_at);
  return all;
}

result<github_request> fetch_github_delivery(const github_hooks& github, const std::string& hook,
                                             const std::string& id) {
  const auto got = ask(github, '/' + hook + "/deliveries/" + id);
  if (!got) return got.error();
  json::error_code ec;
  const auto* names = got->body.find_pointer("/request/headers", ec);
  const auto* payload = got->body.find_pointer("/request/payload", ec);
  if (!names || !names->is_object() || !payload)
    return error(errc::unreadable, "delivery " + id + " has neither headers nor a payload");
  github_request r;
  for (const auto& [name, value] : names->get_object())
    if (name != "Content-Type" && name != "content-type") r.header.add(name, text_at(value, ""));
  r.header.add("Content-Type", "application/json");  // GitHub returns the payload of a form as JSON as well
  r.body = json::serialize(*payload);
  return r;
}

}
