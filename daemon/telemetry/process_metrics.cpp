#include "daemon/telemetry/process_metrics.hpp"

#include <fstream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include "collectors/base/text.hpp"

namespace releasehealth {
namespace {

// Fields of /proc/self/stat after the state, which follows the command's name. The name can contain any character, so
// parsing starts after its closing parenthesis.
std::vector<double> stat_fields() {
  std::ifstream file("/proc/self/stat");
  const std::string all((std::istreambuf_iterator<char>(file)), {});
  const auto end_of_name = all.rfind(')');
  if (end_of_name == all.npos || end_of_name + 4 >= all.size()) return {};
  std::istringstream rest(all.substr(end_of_name + 4));
  return {std::istream_iterator<double>(rest), {}};
}

double boot_time() {
  std::ifstream file("/proc/stat");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("btime ")) return parse_number<double>(line.substr(6)).value_or(0);
  return 0;
}

double open_descriptors() {
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir("/proc/self/fd"), closedir);
  double count = -3;  // itself, "." and ".."
  while (folder && readdir(folder.get())) ++count;
  return count;
}

}

void write_process_metrics(exposition& out) {
  // field numbers of proc(5), less the three fields that stat_fields() omits
  constexpr std::size_t user = 13 - 3, system = 14 - 3, start = 21 - 3, virtual_bytes = 22 - 3, resident_pages = 23 - 3;
  const auto stat = stat_fields();
  if (stat.size() <= resident_pages) return;
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  const auto write = [&](std::string_view name, metric_type type, std::string_view help, double value) {
    out.family(name, type, help);
    out.sample({}, value);
  };
  write("process_cpu_seconds", metric_type::counter, "Total user and system CPU time spent in seconds.",
        (stat[user] + stat[system]) / ticks);
  write("process_resident_memory_bytes", metric_type::gauge, "Resident memory size in bytes.",
        stat[resident_pages] * static_cast<double>(sysconf(_SC_PAGESIZE)));
  write("process_virtual_memory_bytes", metric_type::gauge, "Virtual memory size in bytes.", stat[virtual_bytes]);
  write("process_start_time_seconds", metric_type::gauge, "Start time of the process since unix epoch in seconds.",
        boot_time() + stat[start] / ticks);
  write("process_open_fds", metric_type::gauge, "Number of open file descriptors.", open_descriptors());
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
    write("process_max_fds", metric_type::gauge, "Maximum number of open file descriptors.",
          static_cast<double>(limit.rlim_cur));
}

}
