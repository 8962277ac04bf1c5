#pragma once
// What Prometheus' client libraries say about every process: process_cpu_seconds_total and its kin.
#include "daemon/figures/exposition.hpp"

namespace releasehealth {

void write_process_metrics(exposition&);

}
