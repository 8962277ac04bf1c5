#pragma once
// Whether the daemon can accept deliveries, as far as its other parts know. Belongs to the io thread.
namespace releasehealth::api {

struct readiness {
  bool is_draining = false;
  bool is_database_up = false;  ///< at the last refresh
};

}
