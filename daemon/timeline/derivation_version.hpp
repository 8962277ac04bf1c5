#pragma once

namespace releasehealth {

/// The version of the derivation rules, part of every fingerprint. Raise it in the commit that changes a derived row or
/// column: daemons then rebuild history automatically. tests/postgres/golden_test.cpp fails until it is raised.
inline constexpr int derivation_version = 15;

}
