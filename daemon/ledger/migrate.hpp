#pragma once
// Brings a database's schema up to date: append-only migrations, each once, under one lock for all daemons.
#include <string>
#include <vector>

#include "daemon/ledger/session.hpp"

namespace releasehealth::ledger {

/// Applies what is missing and returns the names applied. Throws if the database is newer than this program.
std::vector<std::string> migrate(const session&);

}
