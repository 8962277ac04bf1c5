#include "daemon/import/api_exports.hpp"

#include <algorithm>
#include <istream>
#include <iterator>

#include "collectors/collector.hpp"
#include "collectors/facts.hpp"
#include "collectors/fields.hpp"
#include "collectors/signature.hpp"

namespace releasehealth {
namespace {

/// A webhook's body as it would have been sent, and what its headers would have said.
struct told {
  json::object body;
  std::string type = {};
};
using untold = result<std::vector<told>>;

json::value at(const json::value& in, std::string_view pointer) {
  boost::system::error_code ec;
  const auto* found = in.find_pointer(pointer, ec);
  return found ? *found : json::value(nullptr);
}

// acme/shop of https://api.github.com/repos/acme/shop/releases/1.
json::object github_repository(const json::value& in) {
  constexpr std::string_view before = "/repos/";
  auto url = text_at(in, "/url");
  const auto begin = url.find(before);
  if (begin == url.npos) return {};
  url.erase(0, begin + before.size());
  const auto owner_end = url.find('/');
  const auto end = owner_end == url.npos ? owner_end : url.find('/', owner_end + 1);
  return {{"full_name", url.substr(0, end)}};
}

// acme/shop of https://gitlab.example.com/acme/shop/-/commit/5e1f.
std::string gitlab_project(const std::string& url) {
  const auto scheme = url.find("://"), end = url.find("/-/");
  if (scheme == url.npos || end == url.npos) return {};
  const auto host_end = url.find('/', scheme + 3);
  return host_end < end ? url.substr(host_end + 1, end - host_end - 1) : std::string();
}

// As published: `released` would take updated_at, which an edit of the notes moves, for a promotion.
untold github_release(const json::value& in) {
  return std::vector<told>{
      {{{"action", "published"}, {"release", in}, {"repository", github_repository(in)}}, "release"}};
}

untold github_deployment(const json::value& in) {
  const auto repository = github_repository(in);
  const auto statuses = elements_at(in, "/statuses");
  if (statuses.empty())
    return error(errc::malformed, "has no statuses",
                 {{"/statuses", "is missing: what statuses_url gives belongs there"}});
  auto bare = in.as_object();
  bare.erase("statuses");
  std::vector<told> all = {{{{"action", "created"}, {"deployment", bare}, {"repository", repository}}, "deployment"}};
  for (const auto& status : statuses)
    all.push_back(
        {{{"action", "created"}, {"deployment", bare}, {"deployment_status", status}, {"repository", repository}},
         "deployment_status"});
  return all;
}

untold gitlab_deployment(const json::value& in) {
  const auto url = text_at(in, "/deployable/commit/web_url");
  const auto finished = text_at(in, "/deployable/finished_at");
  return std::vector<told>{{{{"object_kind", "deployment"},
                             {"status", at(in, "/status")},
                             {"status_changed_at", finished.empty() ? at(in, "/updated_at") : json::value(finished)},
                             {"deployment_id", at(in, "/id")},
                             {"deployable_url", at(in, "/deployable/web_url")},
                             {"environment", at(in, "/environment/name")},
                             {"project", {{"path_with_namespace", gitlab_project(url)}}},
                             {"short_sha", at(in, "/sha")},
                             {"commit_url", url},
                             {"commit_title", at(in, "/deployable/commit/title")},
                             {"user", {{"username", at(in, "/user/username")}}},
                             {"ref", at(in, "/ref")}},
                            "Deployment Hook"}};
}

// A release's number is in its webhooks only: an import next to them needs --until.
untold gitlab_release(const json::value& in) {
  const auto url = text_at(in, "/_links/self");
  return std::vector<told>{{{{"object_kind", "release"},
                             {"action", "create"},
                             {"id", at(in, "/tag_name")},
                             {"name", at(in, "/name")},
                             {"tag", at(in, "/tag_name")},
                             {"released_at", at(in, "/released_at")},
                             {"url", url},
                             {"commit", at(in, "/commit")},
                             {"project", {{"path_with_namespace", gitlab_project(url)}}}},
                            "Release Hook"}};
}

untold jira_issue(const json::value& in) {
  const auto updated = time_at(in, "/fields/updated"), loosely = sender_time_at(in, "/fields/updated");
  const auto when = updated ? updated : loosely;
  if (!when) return error(errc::malformed, "is no issue", {{"/fields/updated", "is missing, or no time"}});
  return std::vector<told>{
      {{{"webhookEvent", "jira:issue_updated"}, {"timestamp", format_time(*when)}, {"issue", in}}}};
}

untold pagerduty_incident(const json::value& in) {
  std::vector<told> all;
  const auto add = [&](const char* type, const json::value& occurred_at) {
    all.push_back({{{"event", {{"id", "export"}, {"event_type", type}, {"occurred_at", occurred_at}, {"data", in}}}}});
  };
  add("incident.triggered", at(in, "/created_at"));
  for (const auto& a : elements_at(in, "/acknowledgements")) add("incident.acknowledged", at(a, "/at"));
  if (text_at(in, "/status") == "resolved") {
    const auto resolved = text_at(in, "/resolved_at");
    add("incident.resolved", resolved.empty() ? at(in, "/last_status_change_at") : json::value(resolved));
  }
  return all;
}

struct exported {
  api_export is;
  std::string_view header, deployments;  ///< what says the type; the source's setting
  untold (*tell)(const json::value&);
};

const exported table[] = {
    {{"github-releases", "GET /repos/{owner}/{repo}/releases", "github", ""},
     "X-GitHub-Event",
     "release",
     github_release},
    {{"github-deployments", "GET /repos/{owner}/{repo}/deployments, each with its statuses as `statuses`", "github",
      ""},
     "X-GitHub-Event",
     "deployment_status",
     github_deployment},
    {{"gitlab-deployments", "GET /projects/{id}/deployments", "gitlab", ""},
     "X-Gitlab-Event",
     "deployment",
     gitlab_deployment},
    {{"gitlab-releases", "GET /projects/{id}/releases", "gitlab", ""}, "X-Gitlab-Event", "release", gitlab_release},
    {{"jira", "GET /rest/api/3/search/jql?fields=*all: issues of the type Incident", "jira", "issues"},
     "",
     "",
     jira_issue},
    {{"pagerduty", "GET /incidents", "pagerduty", "incidents"}, "", "", pagerduty_incident},
};

const exported& behind(const api_export& e) {
  return *std::ranges::find(table, e.format, [](const exported& x) { return x.is.format; });
}

source as_configured(const exported& of, const history_defaults& defaults) {
  source s;
  s.kind = s.name = of.is.kind;
  const auto* collector = find_collector(of.is.kind);
  for (const auto& rule : collector->settings)
    if (!rule.fallback.empty()) s.settings[std::string(rule.key)] = {std::string(rule.fallback)};
  if (!of.deployments.empty()) s.settings["deployments"] = {std::string(of.deployments)};
  s.settings["environment"] = {environment_or_default(defaults.environment)};
  return s;
}

// Prereleases and drafts are no deployments, and the collector passes over them without a word.
bool is_left_out(const exported& of, const json::value& in) {
  return of.deployments == "release" && (flag_at(in, "/prerelease") || flag_at(in, "/draft"));
}

// Why a page is not the last one, as each API says it. Empty: it is.
std::string names_another_page(const json::value& page) {
  if (!page.is_object()) return {};
  if (flag_at(page, "/more")) return "\"more\": true";
  if (const auto* last = page.get_object().if_contains("isLast"); last && last->is_bool() && !last->get_bool())
    return "\"isLast\": false";
  for (const auto* name : {"next", "nextPageToken"})
    if (!text_at(page, std::string("/") + name).empty()) return std::string("\"") + name + "\" names another";
  const auto start = number_at(page, "/startAt"), most = number_at(page, "/maxResults"),
             total = number_at(page, "/total");
  if (start && most && total && *start + *most < *total) return "\"total\" is " + std::to_string(*total);
  return {};
}

void read_record(const exported& of, const source& as, const json::value& in, const std::string& where,
                 const history_defaults& defaults, timestamp now, const record_handler& to) {
  const auto all = in.is_object() ? of.tell(in) : untold(error(errc::malformed, "is no object"));
  if (!all) return to.refuse({where, all.error()});
  for (const auto& t : *all) {
    headers head;
    head.add("Content-Type", "application/json");
    if (!of.header.empty()) head.add(std::string(of.header), t.type);
    const auto body = json::serialize(t.body);
    auto read = find_collector(of.is.kind)->decode(as, {.header = head, .body = body, .received_at = now});
    if (!read) return to.refuse({where, read.error()});
    std::size_t n = 0;
    for (auto& e : read->events) {  // what it says is its identity: the export has no deliveries
      const auto given = defaults.service + defaults.environment;
      e.id = "export-" + sha256_hex(std::string(of.is.format) + body + std::to_string(n++) + given).substr(0, 32);
      take_checked(std::move(e), where, defaults, now, to);
    }
  }
}

}

std::span<const api_export> api_exports() {
  static const std::vector<api_export> all = [] {
    std::vector<api_export> out;
    for (const auto& e : table) out.push_back(e.is);
    return out;
  }();
  return all;
}

result<void> read_api_export(const api_export& e, std::istream& in, const history_defaults& defaults, timestamp now,
                             const record_handler& to) {
  const auto& of = behind(e);
  const auto as = as_configured(of, defaults);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  std::size_t n = 0, left_out = 0;
  std::string more;
  const auto read = [&](const json::value& v) {
    left_out += v.is_object() && is_left_out(of, v) ? 1 : 0;
    read_record(of, as, v, '/' + std::to_string(n++), defaults, now, to);
  };
  const char *begin = text.data(), *end = begin + text.size();
  while (begin != end) {  // pages follow one another
    if (std::isspace(static_cast<unsigned char>(*begin)) != 0) {
      ++begin;
      continue;
    }
    json::stream_parser parser;
    boost::system::error_code ec;
    begin += parser.write_some(begin, static_cast<std::size_t>(end - begin), ec);
    if (!ec && !parser.done()) parser.finish(ec);
    if (ec) return error(errc::malformed, "is not JSON: " + ec.message());
    const auto page = parser.release();
    more = names_another_page(page);
    const auto items = page.is_array()     ? elements_at(page, "")
                       : e.members.empty() ? std::span<const json::value>()
                                           : elements_at(page, '/' + std::string(e.members));
    if (page.is_array() || !items.empty())
      for (const auto& item : items) read(item);
    else
      read(page);
  }
  if (left_out > 0) to.note(std::to_string(left_out) + " prereleases and drafts left out");
  if (!more.empty())
    to.note("warning: the last page is not the last of the export (" + more + "); expected the pages after it, too");
  return {};
}

}
