#pragma once
// Whether the daemon can accept deliveries, as reported by its other parts. Used on the io thread.
namespace releasehealth::api {

struct readiness {
  bool is_draining = false;
  bool is_database_up = false;  ///< at the last refresh
};

}
