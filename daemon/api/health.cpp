// GET /-/healthy and /-/ready
#include "daemon/api/endpoints.hpp"

namespace releasehealth::api {
namespace {

http::response plain(unsigned status, std::string text) { return {status, "text/plain", std::move(text), {}}; }

}

std::vector<endpoint> health(const surroundings& around) {
  const auto is_healthy = [](const call&) -> result<plan> { return plain(200, "healthy\n"); };
  const auto is_ready = [&ready = around.ready, &queue = around.queue](const call&) -> result<plan> {
    if (ready.is_draining) return plain(503, "draining\n");
    if ((!ready.is_database_up || queue.is_postgres_away()) && !queue.can_spool())
      return plain(503, "PostgreSQL unavailable, and no spool with free space\n");
    return plain(200, "ready\n");
  };
  return {{"GET", "/-/healthy", {"health", "Liveness: 200 while the daemon runs.", "text/plain"}, is_healthy},
          {"GET",
           "/-/ready",
           {"health", "Readiness: 200 while the daemon can store deliveries durably, otherwise 503.", "text/plain"},
           is_ready}};
}

}
