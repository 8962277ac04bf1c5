#pragma once
// The process metrics of Prometheus' client libraries.
#include "daemon/telemetry/exposition.hpp"

namespace releasehealth {

/// Writes process_cpu_seconds_total and the other process_* metrics.
void write_process_metrics(exposition&);

}
