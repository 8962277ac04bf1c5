#pragma once
// A delivery as a row of the spool, for the files that implement it.
#include <string>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>

#include "daemon/ledger/append.hpp"

namespace releasehealth::ledger {

/// Another daemon, or a person, may have the spool open.
inline constexpr int busy_timeout_ms = 5000;

std::string text(const SQLite::Column&);
timestamp time_of(const SQLite::Column&);

/// Events as the spool keeps them. Releases read what releases before them wrote.
std::string events_text(const std::vector<event>&);
/// The columns of schema/spool/oldest.sql. Throws what a row that cannot be read throws.
entry read_spooled(SQLite::Statement&);

}
