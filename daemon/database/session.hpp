#pragma once
// How a part of the program connects to PostgreSQL: the server, the application name, the limits.
#include <chrono>
#include <stop_token>
#include <string>

namespace releasehealth::ledger {

/// Why libpq cannot parse a URL or a list of key=value pairs; empty if it can or the text is empty. Never quotes the
/// text, which may contain a password.
std::string what_is_no_url(const std::string&);

}

namespace releasehealth {

struct session {
  std::string dsn;               ///< libpq's connection string: a URL or key=value pairs
  std::string read_dsn = {};     ///< that of a replica for readers; empty: readers use the same server
  std::string application = {};  ///< the part of the program, shown in pg_stat_activity and PostgreSQL's log
  bool read_only = false;        ///< enforced by the server
  std::chrono::milliseconds statement_timeout{30'000};  ///< 0: unlimited, for work of unknown duration
  std::stop_token stop = {};  ///< when requested, its connections close at once, also during a statement

  session as(std::string part) const {
    session other = *this;
    other.application = "releasehealthd " + std::move(part);
    return other;
  }
  session reading() const {
    session other = *this;
    other.read_only = true;
    if (!read_dsn.empty()) other.dsn = read_dsn;
    return other;
  }
  session without_replica() const {
    session other = *this;
    other.read_dsn.clear();
    return other;
  }
  session within(std::chrono::milliseconds limit) const {
    session other = *this;
    other.statement_timeout = limit;
    return other;
  }
  session uninterrupted() const {
    session other = *this;
    other.stop = {};
    return other;
  }
  session unlimited() const {
    session other = *this;
    other.statement_timeout = {};
    return other;
  }
};

}
