#pragma once
// Brings a database's schema up to date: append-only migrations, each once, under one lock for all daemons.
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/database/session.hpp"

namespace releasehealth::ledger {

/// The database was migrated by a newer program.
struct newer_schema : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Applies what is missing and returns the names applied. Throws newer_schema.
std::vector<std::string> migrate(const session&);

/// What migrate() would apply; nothing is changed. Throws newer_schema.
std::vector<std::string> pending_migrations(const session&);

/// The names of every migration that this program knows.
std::vector<std::string_view> known_migrations();

}
