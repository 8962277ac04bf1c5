#pragma once
// Advisory locks shared by all daemons on one schema (schema/derivation/try_derive_locks.sql).
#include <cstdint>

namespace releasehealth::ledger::locks {

inline constexpr std::int64_t migrate = 0x72656c6865610001;  ///< held exclusively to migrate, shared to derive
inline constexpr std::int64_t derive = 0x72656c6865610002;   ///< held exclusively to derive

}
