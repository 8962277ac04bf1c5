#pragma once
// Every endpoint of the operations listener.
#include "daemon/api/endpoint.hpp"
#include "daemon/api/readiness.hpp"
#include "daemon/ledger/commit_queue.hpp"
#include "daemon/log/log.hpp"
#include "daemon/reports/page.hpp"
#include "daemon/telemetry/metrics.hpp"

namespace releasehealth::api {

/// The outcome of a reload.
struct reloaded {
  std::string wrong;   ///< errors in the file; the running configuration stays
  std::string losing;  ///< why the running configuration is kept although the file is valid; a forced reload applies it
  std::vector<std::string> at_start;  ///< keys that changed and take effect at the next start
};

/// State that endpoints read without PostgreSQL. Outlives them. Used on the io thread; page and log on any thread.
struct surroundings {
  const ledger::commit_queue& queue;
  figure_page& page;
  const metrics& own;
  const logger& log;
  const readiness& ready;
  std::function<reloaded(bool force)> reload;
  const std::vector<http::route>&operations, &intake;  ///< routes of both listeners, for the OpenAPI document
};

/// In look-up order: the first matching path is used.
std::vector<endpoint> endpoints(const surroundings&);

}
