#pragma once
// This process: its threads and files, and what Prometheus' client libraries say about every process.
#include <cstdint>

#include "daemon/figures/exposition.hpp"

namespace releasehealth {

/// As it is seen in `ps -L` and by debuggers; at most 15 characters.
void name_this_thread(const char* name);

/// Raises the soft limit of open files to the hard one. Returns what it is then.
std::uint64_t raise_open_files();

/// process_cpu_seconds_total and its kin.
void write_process_metrics(exposition&);

}
