#pragma once
// Settings of the operations listener.
#include <string>
#include <vector>

#include "daemon/access/tokens.hpp"
#include "daemon/access/users.hpp"
#include "daemon/derivation/derivation.hpp"
#include "daemon/figures/snapshot.hpp"
#include "daemon/system/limits.hpp"

namespace releasehealth::api {

/// A reload changes everything but the address.
struct settings {
  std::string address;  ///< listen address; on loopback, reading needs no token
  users::hashes people;
  std::vector<token> tokens;
  std::vector<std::string> hosts;  ///< accepted Host names in addition to loopback's
  limits bounds;
  figure_settings figures;
  ledger::derive_settings timeline;
  bool gate_holds_without_data = false;  ///< hold also if a threshold lacks evidence
};

}
