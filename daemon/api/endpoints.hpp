#pragma once
// Every endpoint of the operations listener.
#include "daemon/api/endpoint.hpp"
#include "daemon/api/readiness.hpp"
#include "daemon/ledger/commit_queue.hpp"
#include "daemon/log/log.hpp"
#include "daemon/reports/page.hpp"
#include "daemon/telemetry/metrics.hpp"

namespace releasehealth::api {

/// What became of a reload.
struct reloaded {
  std::string wrong;  ///< errors in the file; the running configuration stays
  std::string
      losing;  ///< the reason to keep the running configuration although the file is valid; a forced reload accepts it
  std::vector<std::string> at_start;  ///< keys that changed and take effect at the next start
};

/// The state that endpoints read without PostgreSQL. Outlives them. Belongs to the io thread; page and log to any.
struct surroundings {
  const ledger::commit_queue& queue;
  figure_page& page;
  const metrics& own;
  const logger& log;
  const readiness& ready;
  std::function<reloaded(bool force)> reload;
  const std::vector<http::route>&operations, &intake;  ///< of both listeners, for the OpenAPI document
};

/// In look-up order: the first matching path counts.
std::vector<endpoint> endpoints(const surroundings&);

}
