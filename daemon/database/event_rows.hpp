#pragma once
// The columns of rows that several modules read and write.
#include "collectors/event.hpp"
#include "daemon/database/rows.hpp"

namespace releasehealth {

BOOST_DESCRIBE_STRUCT(event, (), (source, id, type, thing, subject, time, is_override, fields))

}

namespace releasehealth::ledger {

/// A known name, with its first receipt.
struct known_name {
  std::string kind;  ///< service, environment, production or team
  std::string name;
  timestamp received_at;
  std::string source, id;  ///< of the event that reported it
};
BOOST_DESCRIBE_STRUCT(known_name, (), (kind, name, received_at, source, id))

}
