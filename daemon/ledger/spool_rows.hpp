#pragma once
// A delivery as a row of the spool, for the files that implement the spool.
#include <string>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>

#include "daemon/ledger/append.hpp"

namespace releasehealth::ledger {

/// Another process may have the spool open, such as `erase` or the sqlite3 shell.
inline constexpr int busy_timeout_ms = 5000;

std::string text(const SQLite::Column&);
timestamp time_of(const SQLite::Column&);

/// Events in the spool's format. It must stay readable by later releases.
std::string events_text(const std::vector<event>&);
/// Reads a row with the columns of schema/spool/oldest.sql. Throws std::exception if the row cannot be read.
entry read_spooled(SQLite::Statement&);

}
