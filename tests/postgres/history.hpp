#pragma once
// Short constructors of events for tests.
#include <string>
#include <vector>

#include "daemon/derivation/derive.hpp"
#include "daemon/ledger/append.hpp"
#include "tests/check.hpp"

namespace releasehealth::test {

/// A report of any type.
inline event report_of(const std::string& type, const std::string& subject, const std::string& time,
                       json::object fields) {
  event e;
  if (const auto thing = parse_word<thing_type>(type))
    e.reports(*thing);
  else
    e.type = parse_word<event_type>(type).value();
  e.subject = subject;
  e.time = *parse_time(time);
  e.fields = std::move(fields);
  return e;
}

/// A deployment's report: "checkout", "d1", "2026-11-03T10:00:00Z", {{"state", "succeeded"}, ...}.
inline event deployment_event(const std::string& id, const std::string& subject, const std::string& time,
                              json::object fields) {
  auto e = report_of("deployment", subject, time, std::move(fields));
  e.id = id;
  return e;
}

inline ledger::entry entry_of(std::string key, std::vector<event> events) {
  ledger::entry e;
  e.source = "test";
  e.key = std::move(key);
  e.received_at = *parse_time("2026-11-20T12:00:00Z");
  e.body = "{}";
  e.events = std::move(events);
  return e;
}

/// The events as one delivery.
inline void store(ledger::appender& to, std::vector<event> events) {
  static int n = 0;
  auto e = entry_of("delivery-" + std::to_string(++n), std::move(events));
  REQUIRE(to.append({e}).front());
}

inline event told_by(const char* source, event e) {
  e.source = source;
  return e;
}

/// A configuration with only service rules.
inline ledger::derive_settings named(std::vector<service_rule> services) {
  ledger::derive_settings settings;
  settings.blame.names = naming(std::move(services), {});
  return settings;
}

}
