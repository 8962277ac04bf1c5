#pragma once
// Removes data from the ledger: bodies by age, a person on demand. Events are kept: they are small, and late events
// need them to re-evaluate history.
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "collectors/base/time.hpp"
#include "daemon/database/session.hpp"

namespace releasehealth::ledger {

/// Empties the bodies received before the cutoff, in small transactions. Returns their number. Throws postgres_failure.
std::int64_t drop_bodies(const session&, timestamp cutoff);

/// A person's name, login or address, and the pseudonym that replaces it.
struct erasure {
  std::string person;
  std::string pseudonym;
  std::string actor, reason;
  timestamp erased_at;
  bool is_again = false;  ///< a second run, for deliveries received meanwhile: recorded only if it changed anything
};
struct erased {
  std::int64_t events = 0, deliveries = 0;
  std::int64_t kept_names = 0;  ///< events with the person in their id or subject; these are identities and are kept
};

/// Replaces the person with the pseudonym (daemon/ledger/person.hpp) in every event field, in the bodies, headers and
/// reasons of deliveries, and in known names, and records the erasure in the same transaction. If the body of a
/// rewritten event's delivery shows the person in no known encoding, the body is emptied. Derived data follows with the
/// next derivation.
erased erase(const session&, const erasure&);

/// The known services, environments and teams whose names contain the person, each as `service "cart"`.
std::vector<std::string> names_of_person(const session&, const std::string& person);

/// Erases the person from a spool, also while a daemon uses it. Returns the number of changed deliveries; 0 if the file
/// does not exist.
std::size_t erase_from_spool(const std::filesystem::path& spool, const erasure&);

}
