#pragma once
// GitHub's webhooks: deployments, releases, workflow runs, pull requests, pushes and issues (README.md beside this).
#include "collectors/collector.hpp"

namespace releasehealth::github {

extern const collector collect;

}
