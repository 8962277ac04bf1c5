#pragma once
// Reported names of services, as read from the ledger.
#include <string>
#include <vector>

#include "collectors/event.hpp"

namespace releasehealth {

/// The fields that name a service, with the number of deployments and incidents that carry them.
struct reported_name {
  std::string source;
  json::object fields;  ///< service, services, repository, path, project, service_id
  std::int64_t deployments = 0, incidents = 0;
};

/// A deployment or an incident, with its start and version.
struct reported_thing {
  std::string source;
  json::object fields;  ///< as in reported_name
  thing_type type = thing_type::deployment;
  timestamp time;
  std::string commit, version;  ///< empty if not reported
};

/// A service under its mapped name, with the sources that report it.
struct seen_service {
  std::string name;
  bool has_deployments = false;        ///< at any time
  std::vector<std::string> deploying;  ///< sources of its latest deployments
  std::vector<std::string> reporting;  ///< sources of its latest incidents
};

/// A tag of a repository; without a name, a repository with reported commits.
struct reported_tag {
  std::string repository, name;
};

}
