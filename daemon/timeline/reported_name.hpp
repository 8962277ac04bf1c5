#pragma once
// What sources call services, as the ledger has it.
#include <string>
#include <vector>

#include "collectors/event.hpp"

namespace releasehealth {

/// The fields that name a service, and how many deployments and incidents they name.
struct reported_name {
  std::string source;
  json::object fields;  ///< service, services, repository, path, project, service_id
  std::int64_t deployments = 0, incidents = 0;
};

/// A deployment or an incident: when it began and what was deployed.
struct reported_thing {
  std::string source;
  json::object fields;  ///< as those of a reported_name
  thing_type type = thing_type::deployment;
  timestamp time;
  std::string commit, version;  ///< empty: none was reported
};

/// A service by the name under which it counts, and who names it.
struct seen_service {
  std::string name;
  bool has_deployments = false;        ///< ever
  std::vector<std::string> deploying;  ///< sources of its latest deployments
  std::vector<std::string> reporting;  ///< sources of its latest incidents
};

/// A tag of a repository; without a name, a repository of which commits were reported.
struct reported_tag {
  std::string repository, name;
};

}
