#pragma once
// Shared by the derivation benchmarks: a private PostgreSQL, reports and timing.
#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "daemon/database/migrate.hpp"
#include "daemon/database/private_postgres.hpp"
#include "daemon/ledger/append.hpp"

namespace releasehealth::bench {

inline event report_of(thing_type type, std::string subject, timestamp at, json::object fields) {
  static int n = 0;
  event e;
  e.id = "e" + std::to_string(++n);
  e.reports(type);
  e.subject = std::move(subject);
  e.time = at;
  e.fields = std::move(fields);
  return e;
}

/// The events as one delivery.
inline void store(ledger::appender& to, std::vector<event> events, timestamp received_at) {
  static int n = 0;
  ledger::entry e;
  e.source = "bench";
  e.key = std::to_string(++n);
  e.received_at = received_at;
  e.body = "{}";
  e.events = std::move(events);
  if (const auto stored = to.append({e}); !stored.front()) throw std::runtime_error(stored.front().error().text());
}

inline double seconds(const std::function<void()>& work) {
  const auto began = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

/// Runs with an empty temporary ledger. Returns the exit status.
inline int with_ledger(const std::function<void(const session&)>& work) {
  std::string folder = "/tmp/rh-bench-XXXXXX";
  if (!mkdtemp(folder.data())) return 1;
  std::filesystem::permissions(folder, std::filesystem::perms(0711));
  {
    const auto cluster = ledger::private_postgres::use(folder, true, [](const std::string&) {});
    const session where{.dsn = cluster.dsn(), .application = "bench"};
    ledger::migrate(where);
    work(where);
  }
  std::filesystem::remove_all(folder);
  return 0;
}

}
