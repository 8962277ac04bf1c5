#pragma once
// What Prometheus' client libraries say about every process.
#include "daemon/telemetry/exposition.hpp"

namespace releasehealth {

/// process_cpu_seconds_total and its kin.
void write_process_metrics(exposition&);

}
