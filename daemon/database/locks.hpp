#pragma once
// The advisory locks that all daemons on one schema share (schema/derivation/try_derive_locks.sql).
#include <cstdint>

namespace releasehealth::ledger::locks {

inline constexpr std::int64_t migrate = 0x72656c6865610001;  ///< one migrates at a time, while nobody derives (shared)
inline constexpr std::int64_t derive = 0x72656c6865610002;   ///< one derives at a time

}
