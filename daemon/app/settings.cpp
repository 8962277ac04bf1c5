#include "daemon/app/settings.hpp"

#include "collectors/canonical/canonical.hpp"

namespace releasehealth {
namespace {

std::chrono::milliseconds milliseconds(duration d) { return std::chrono::ceil<std::chrono::milliseconds>(d); }

/// The keys of a listener's limits.
struct listener_keys {
  limit_id header, buffered, request, idle, connections, per_peer;
};
constexpr listener_keys intake_keys = {"intake.max_header_bytes", "intake.max_buffered_bytes",
                                       "intake.request_timeout",  "intake.idle_timeout",
                                       "intake.max_connections",  "intake.max_connections_per_peer"};
constexpr listener_keys operations_keys = {"operations.max_header_bytes", "operations.max_buffered_bytes",
                                           "operations.request_timeout",  "operations.idle_timeout",
                                           "operations.max_connections",  "operations.max_connections_per_peer"};

http::limits listener_limits(const limits& all, const listener_keys& keys) {
  return {.header_bytes = static_cast<std::uint32_t>(all[keys.header]),
          .buffered_bytes = all.size(keys.buffered),
          .request_deadline = milliseconds(all.time(keys.request)),
          .idle_deadline = milliseconds(all.time(keys.idle)),
          .connections = all.size(keys.connections),
          .connections_per_peer = all.size(keys.per_peer)};
}

}

http::limits intake_limits(const config& c) { return listener_limits(c.bounds, intake_keys); }
http::limits operations_limits(const config& c) { return listener_limits(c.bounds, operations_keys); }

std::chrono::milliseconds statement_limit(const config& c) {
  return milliseconds(c.bounds.time("database.statement_timeout"));
}

std::chrono::milliseconds read_limit(const config& c) { return milliseconds(c.bounds.time("figures.timeout")); }

ledger::commit_queue::limits queue_limits(const config& c) {
  return {.patience = c.patience,
          .max_waiting = c.bounds.size("intake.max_waiting"),
          .max_waiting_bytes = c.bounds.size("intake.max_waiting_bytes"),
          .room = {c.bounds.size("spool.max_bytes"), c.bounds.size("spool.min_free_bytes"),
                   c.bounds.time("spool.max_age")}};
}

intake_settings intake_of(const config& c) {
  return {.sources = c.sources, .tokens = c.tokens, .bounds = c.bounds, .names = c.timeline.blame.names};
}

api::settings operations_of(const config& c) {
  return {.address = c.operations.address,
          .people = c.basic_auth_users,
          .tokens = c.tokens,
          .hosts = c.operations_hosts,
          .bounds = c.bounds,
          .figures = c.figures,
          .timeline = c.timeline,
          .gate_holds_without_data = c.gate_holds_without_data};
}

std::vector<std::string> source_names(const config& c) {
  std::vector<std::string> names = {canonical::source_name};
  for (const auto& s : c.sources) names.push_back(s.name);
  return names;
}

}
