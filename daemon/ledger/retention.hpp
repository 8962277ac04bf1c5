#pragma once
// What leaves the ledger: bodies by age, and a person on demand. Events stay: they are small, and late ones re-evaluate
// the past.
#include <cstdint>
#include <string>

#include "collectors/time.hpp"
#include "daemon/ledger/session.hpp"

namespace releasehealth::ledger {

/// Empties the bodies that were received before then, in small transactions. Returns how many.
/// Throws what libpqxx throws.
std::int64_t drop_bodies(const session&, timestamp before);

/// A person's name, login or address, and what is to stand in its place.
struct erasure {
  std::string person;
  std::string pseudonym;
  std::string by, reason;
  timestamp at;
};
struct erased {
  std::int64_t events = 0, deliveries = 0;
};

/// Puts the pseudonym in the place of the person in every field of every event, whatever the case of its letters,
/// empties the deliveries whose bodies or heads hold it, and notes that in the same transaction. What was derived
/// follows with the next derivation.
erased erase(const session&, const erasure&);

}
