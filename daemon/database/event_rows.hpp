#pragma once
// The columns of what several rooms read and write.
#include "collectors/event.hpp"
#include "daemon/database/rows.hpp"

namespace releasehealth {

BOOST_DESCRIBE_STRUCT(event, (), (source, id, type, thing, subject, time, is_override, fields))

}

namespace releasehealth::ledger {

/// The first receipt of a name, by which names are known.
struct known_name {
  std::string kind;  ///< service, environment, production or team
  std::string name;
  timestamp received_at;
  std::string source, id;  ///< of the event
};
BOOST_DESCRIBE_STRUCT(known_name, (), (kind, name, received_at, source, id))

}
