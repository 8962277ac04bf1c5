#pragma once
// How a part of the program talks to PostgreSQL: where it is, and under which name and limits.
#include <chrono>
#include <stop_token>
#include <string>

namespace releasehealth::ledger {

/// Why libpq does not understand a URL or a list of key=value; empty: it does, or the text is empty. Never with the
/// text itself, which may hold a password.
std::string what_is_no_url(const std::string&);

}

namespace releasehealth {

struct session {
  std::string dsn;               ///< what libpq takes: a URL or key=value pairs
  std::string read_dsn = {};     ///< the same, of a replica that readers ask; empty: they ask the same server
  std::string application = {};  ///< seen in pg_stat_activity and PostgreSQL's log: names the part of the program
  bool read_only = false;        ///< physically: the server refuses writes
  std::chrono::milliseconds statement_timeout{30'000};  ///< 0: none, for work that takes what it takes
  std::stop_token stop = {};  ///< requested: its connections end at once, whatever runs on them

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
