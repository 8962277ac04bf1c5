// History from Opsgenie's API, converted into the webhooks that would have reported it.
#include "collectors/facts.hpp"
#include "collectors/opsgenie/opsgenie.hpp"

namespace releasehealth::opsgenie {
namespace {

/// The report counts milliseconds from the creation of the alert.
std::optional<timestamp> time_after_creation(const json::value& alert, std::string_view pointer) {
  const auto created_at = sender_time_at(alert, "/createdAt");
  const auto elapsed = number_at(alert, pointer);
  if (!created_at || !elapsed || *elapsed <= 0) return {};
  return *created_at + std::chrono::milliseconds(*elapsed);
}

// Counters and the time of the last change are left out: they would make every reading another event.
past_delivery webhook(std::string_view action, const json::value& alert, const json::value& updated_at,
                      std::string_view username = {}) {
  auto facts = members_of(alert, {"message", "priority", "tags", "alias", "entity", "details", "createdAt"});
  facts["alertId"] = value_at(alert, "/id");
  facts["updatedAt"] = updated_at;
  if (!username.empty()) facts["username"] = username;
  return {{{"action", action}, {"alert", std::move(facts)}}};
}

result<std::vector<past_delivery>> alert_of(const json::value& alert) {
  std::vector<past_delivery> all = {webhook("Create", alert, value_at(alert, "/createdAt"))};
  if (const auto acknowledged_at = time_after_creation(alert, "/report/ackTime"))
    all.push_back(webhook("Acknowledge", alert, json::value(format_time(*acknowledged_at)),
                          text_at(alert, "/report/acknowledgedBy")));
  if (text_at(alert, "/status") == "closed") {
    const auto closed_at = time_after_creation(alert, "/report/closeTime");
    all.push_back(
        webhook("Close", alert, closed_at ? json::value(format_time(*closed_at)) : value_at(alert, "/updatedAt")));
  }
  return all;
}

}

const api_shape history[] = {
    {.format = "opsgenie-alerts", .help = "GET /v2/alerts", .members = "data", .tell = alert_of},
};

}
