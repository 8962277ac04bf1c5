#pragma once
// What leaves the ledger: bodies by age, and a person on demand. Events stay: they are small, and late ones re-evaluate
// the past.
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "collectors/base/time.hpp"
#include "daemon/database/session.hpp"

namespace releasehealth::ledger {

/// Empties the bodies that were received before then, in small transactions. Returns how many.
/// Throws postgres_failure.
std::int64_t drop_bodies(const session&, timestamp before);

/// A person's name, login or address, and what is to stand in its place.
struct erasure {
  std::string person;
  std::string pseudonym;
  std::string by, reason;
  timestamp at;
  bool is_again = false;  ///< for what came in meanwhile: noted only if there was something
};
struct erased {
  std::int64_t events = 0, deliveries = 0;
  std::int64_t kept_names = 0;  ///< events with the person in their id or subject, which identify things and stay
};

/// Puts the pseudonym in the place of the person (daemon/ledger/person.hpp) in every field of every event, in the
/// bodies, headers and reasons of deliveries, and among known names, and notes that in the same transaction. A delivery
/// of such an event whose body shows the person in no known encoding is emptied. What was derived follows with the next
/// derivation.
erased erase(const session&, const erasure&);

/// The known services, environments and teams whose names hold the person, each as `service "cart"`.
std::vector<std::string> names_of_person(const session&, const std::string& person);

/// The same in a spool, also while a daemon uses it; returns the deliveries that changed, 0 if there is no such file.
std::size_t erase_from_spool(const std::filesystem::path& spool, const erasure&);

}
