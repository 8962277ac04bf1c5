#pragma once
// Every limit on external input, by its configuration key. This is the only list: configuration, the metric
// releasehealth_limits_reached_total and the documentation are generated from it.
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "collectors/base/json.hpp"
#include "collectors/base/time.hpp"

namespace releasehealth {

enum class limit_unit { count, bytes, time };

struct limit_rule {
  std::string_view key;  ///< dotted name in the configuration; `source.` means each [[source]]
  limit_unit unit;
  std::int64_t fallback, least, most;  ///< times in microseconds
  std::string_view reached;            ///< the effect of reaching the limit, with its scope
};

namespace limit_table {

inline constexpr std::int64_t kib = 1024, mib = 1024 * kib, gib = 1024 * mib;
inline constexpr std::int64_t second = 1'000'000, day = 86'400 * second;
using enum limit_unit;

inline constexpr limit_rule rules[] = {
    {"intake.max_connections", count, 512, 1, 100'000, "the busiest peer's idle connection is closed; otherwise 503"},
    {"intake.max_connections_per_peer", count, 256, 1, 100'000, "503; connections from one address"},
    {"intake.max_header_bytes", bytes, 16 * kib, kib, mib, "431"},
    {"intake.max_body_bytes", bytes, mib, kib, 100 * mib, "413; request body of /api/v1/events"},
    {"intake.max_buffered_bytes", bytes, 256 * mib, mib, 64 * gib, "503; total size of request bodies being received"},
    {"intake.max_json_depth", count, 32, 4, most_json_depth, "400"},
    {"intake.max_json_values", count, 1'000'000, 1000, 100'000'000, "413"},
    {"intake.max_batch", count, 10'000, 1, 1'000'000, "413; events in one request"},
    {"intake.max_waiting", count, 4096, 1, 1'000'000, "503; deliveries waiting to be stored"},
    {"intake.max_waiting_bytes", bytes, 256 * mib, mib, 64 * gib,
     "503; total body size of deliveries waiting to be stored"},
    {"intake.request_timeout", time, 30 * second, second, day,
     "connection closed; from the end of a request header to the end of its body"},
    {"intake.idle_timeout", time, 60 * second, second, day,
     "connection closed; from a response to the end of the next request header"},
    {"operations.max_connections", count, 512, 1, 100'000,
     "the busiest peer's idle connection is closed; otherwise 503"},
    {"operations.max_connections_per_peer", count, 256, 1, 100'000, "503; connections from one address"},
    {"operations.max_header_bytes", bytes, 16 * kib, kib, mib, "431"},
    {"operations.max_body_bytes", bytes, mib, kib, 100 * mib, "413"},
    {"operations.max_buffered_bytes", bytes, 64 * mib, mib, 64 * gib,
     "503; total size of request bodies being received"},
    {"operations.max_answer", count, 20'000, 100, 10'000'000,
     "400; deployment targets times periods in one query of figures"},
    {"operations.request_timeout", time, 30 * second, second, day,
     "connection closed; from the end of a request header to the end of its body"},
    {"operations.idle_timeout", time, 60 * second, second, day,
     "connection closed; from a response to the end of the next request header"},
    {"source.max_body_bytes", bytes, 0, kib, 100 * mib, "413; default: 25 MiB for github, gitlab and jira, else 1 MiB"},
    {"spool.max_bytes", bytes, gib, 0, 1024 * gib, "503; 0: no spool"},
    {"spool.min_free_bytes", bytes, 16 * mib, 0, 1024 * gib,
     "503; free space on the spool's disk, some of which draining needs"},
    {"spool.max_age", time, 3 * day, second, 3650 * day, "503, to draw attention; age of the oldest delivery"},
    {"database.statement_timeout", time, 30 * second, second, day, "the statement is cancelled and retried"},
    {"figures.timeout", time, 30 * second, second, day,
     "the query is cancelled: the last page stays, the API responds 503"},
    {"figures.max_names", count, 1000, 1, 100'000,
     "further names are aggregated as `other`; unconfigured names of one kind"},
    {"figures.max_pattern_bytes", bytes, mib, kib, 64 * mib, "a configuration error; memory of one compiled pattern"},
};

}

inline constexpr std::span<const limit_rule> limit_rules = limit_table::rules;

/// A limit of the table, looked up at compile time.
class limit_id {
 public:
  consteval limit_id(const char* key) : index_(find(key)) {}  // NOLINT(*-explicit-*): it is written as its key
  constexpr std::size_t index() const { return index_; }

 private:
  static consteval std::size_t find(std::string_view key) {
    for (std::size_t i = 0; i < limit_rules.size(); ++i)
      if (limit_rules[i].key == key) return i;
    throw "no limit of this key";  // does not compile
  }
  std::size_t index_;
};

/// The configured limits.
class limits {
 public:
  constexpr limits() {
    for (std::size_t i = 0; i < limit_rules.size(); ++i) values_[i] = limit_rules[i].fallback;
  }
  constexpr std::int64_t operator[](limit_id l) const { return values_[l.index()]; }
  constexpr std::size_t size(limit_id l) const { return static_cast<std::size_t>((*this)[l]); }
  constexpr duration time(limit_id l) const { return duration((*this)[l]); }
  /// By position in the table.
  constexpr std::int64_t& at(std::size_t index) { return values_[index]; }

 private:
  std::array<std::int64_t, limit_rules.size()> values_{};
};

}
