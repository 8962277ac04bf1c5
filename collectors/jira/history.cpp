// History from Jira's API, converted into the webhooks that would have reported it.
#include <algorithm>

#include "collectors/base/text.hpp"
#include "collectors/collector.hpp"
#include "collectors/facts.hpp"
#include "collectors/fields.hpp"

namespace releasehealth::jira {
namespace {

std::optional<timestamp> loose_time_at(const json::value& object, std::string_view pointer) {
  const auto strict = time_at(object, pointer);
  return strict ? strict : sender_time_at(object, pointer);
}

/// A change of an issue that tells its state: its time, and what changed.
struct change {
  timestamp changed_at;
  json::array items;
};

// The oldest first. Most changes are of other fields.
std::vector<change> changes_of(const json::value& issue) {
  constexpr std::string_view read = "status resolution Key";
  std::vector<change> all;
  for (const auto& history : elements_at(issue, "/changelog/histories")) {
    const auto items = elements_at(history, "/items");
    const auto changed_at = loose_time_at(history, "/created");
    const auto is_read = [&](const json::value& item) { return has_word(read, text_at(item, "/field")); };
    if (changed_at && std::ranges::any_of(items, is_read))
      all.push_back({*changed_at, json::array(items.begin(), items.end())});
  }
  std::ranges::stable_sort(all, {}, &change::changed_at);
  return all;
}

/// An issue as it was: its present fields with an earlier status.
class told_issue {
 public:
  explicit told_issue(const json::value& issue) : issue_(issue), present_(issue) {
    for (const auto* member : {"changelog", "categories"}) issue_.as_object().erase(member);
  }

  // `status`: its id; empty: as at present.
  past_delivery at(timestamp told_at, const char* event, const std::string& status, json::array items, bool is_last) {
    auto told = issue_;
    auto& fields = told.as_object()["fields"].as_object();
    if (!is_last) {
      fields["status"] = {{"statusCategory", {{"key", value_at(present_, "/categories/" + status)}}}};
      fields["resolution"] = nullptr;
      fields["resolutiondate"] = format_time(told_at);
    }
    past_delivery all{{{"webhookEvent", event}, {"timestamp", format_time(told_at)}, {"issue", std::move(told)}}};
    if (!items.empty()) all.body["changelog"] = {{"items", std::move(items)}};
    return all;
  }

 private:
  json::value issue_;
  const json::value& present_;
};

std::string status_in(const json::array& items, std::string_view end) {
  const auto found = std::ranges::find(items, "status", [](const json::value& i) { return text_at(i, "/field"); });
  return found == items.end() ? std::string() : text_at(*found, end);
}

// When it was created, and at each change of its status.
std::vector<past_delivery> life_of(const json::value& issue, timestamp created_at) {
  auto changes = changes_of(issue);
  std::string status;
  for (const auto& one : changes)
    if (status.empty()) status = status_in(one.items, "/from");
  told_issue told(issue);
  std::vector<past_delivery> all{told.at(created_at, "jira:issue_created", status, {}, status.empty())};
  for (auto& one : changes) {
    if (auto now = status_in(one.items, "/to"); !now.empty()) status = std::move(now);
    const bool is_last = &one == &changes.back() || status.empty();
    all.push_back(told.at(one.changed_at, "jira:issue_updated", status, std::move(one.items), is_last));
  }
  return all;
}

// Without a changelog, the issue as it is, at its last change.
result<std::vector<past_delivery>> issue_of(const json::value& issue) {
  const auto updated = loose_time_at(issue, "/fields/updated");
  if (!updated)
    return error(errc::malformed, "is not an issue",
                 {{"/fields/updated", "missing or not a time; expected one like 2026-03-01T09:00:00.000+0000"}});
  const auto created = loose_time_at(issue, "/fields/created");
  if (created && value_at(issue, "/categories").is_object()) return life_of(issue, *created);
  return std::vector<past_delivery>{
      {{{"webhookEvent", "jira:issue_updated"}, {"timestamp", format_time(*updated)}, {"issue", issue}}}};
}

}

extern const api_shape history[1];
const api_shape history[] = {
    {.format = "jira",
     .help = "GET /rest/api/3/search/jql?fields=*all: issues of the type Incident",
     .members = "issues",
     .tell = issue_of},
};

}
