#pragma once
// Migrates the database schema: append-only migrations, each applied once, under one lock for all daemons.
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

/// Applies the pending migrations and returns their names. Throws newer_schema.
std::vector<std::string> migrate(const session&);

/// The migrations that migrate() would apply; changes nothing. Throws newer_schema.
std::vector<std::string> pending_migrations(const session&);

/// The names of all migrations that this program knows.
std::vector<std::string_view> known_migrations();

}
