// History from Opsgenie's API, converted into the webhooks that would have reported it.
#include "collectors/facts.hpp"

namespace releasehealth::opsgenie {
namespace {

// When it was created, acknowledged and closed. The report has lengths in milliseconds since the creation.
result<std::vector<past_delivery>> alert_of(const json::value& object) {
  const auto created_at = time_at(object, "/createdAt");
  if (!created_at)
    return error(errc::malformed, "is not an alert",
                 {{"/createdAt", "missing or not a time; expected one like 2026-03-01T09:00:00.000Z"}});
  auto alert = object.as_object();
  alert["alertId"] = value_at(object, "/id");
  std::vector<past_delivery> all;
  const auto add = [&](std::string_view action, timestamp told_at, std::string_view person) {
    alert["updatedAt"] = format_time(told_at);
    alert["username"] = value_at(object, person);
    all.push_back({{{"action", action}, {"alert", alert}}});
  };
  const auto add_after = [&](std::string_view action, std::string_view length, std::string_view person) {
    constexpr std::int64_t most = std::int64_t{1} << 40;  // 34 years
    if (const auto took = number_at(object, length); took && *took >= 0 && *took < most)
      add(action, *created_at + std::chrono::milliseconds(*took), person);
  };
  add("Create", *created_at, "/owner");
  add_after("Acknowledge", "/report/ackTime", "/report/acknowledgedBy");
  if (text_at(object, "/status") == "closed") add_after("Close", "/report/closeTime", "/report/closedBy");
  return all;
}

}

extern const api_shape history[1];
const api_shape history[] = {
    {.format = "opsgenie-alerts", .help = "GET /v2/alerts", .members = "data", .tell = alert_of},
};

}
