#include "daemon/service_manager.hpp"

#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <memory>

#include <sys/socket.h>
#include <systemd/sd-daemon.h>

namespace releasehealth::service_manager {
namespace {

constexpr int keep_variables = 0;

struct release {
  void operator()(void* p) const { std::free(p); }  // NOLINT(cppcoreguidelines-*): it came from malloc
};

// sd_notify(3): when the reload began, by the clock that the manager uses.
std::uint64_t monotonic_microseconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 + static_cast<std::uint64_t>(now.tv_nsec) / 1000;
}

void tell(const std::string& state) { (void)sd_notify(keep_variables, state.c_str()); }

}

std::optional<int> inherited_socket(const std::string& name) {
  char** names = nullptr;
  const int count = sd_listen_fds_with_names(keep_variables, &names);
  const std::unique_ptr<char*, release> list(names);  // sd_listen_fds_with_names(3): all of it is ours to free
  std::optional<int> found;
  for (int i = 0; i < count; ++i) {
    const std::unique_ptr<char, release> given(names[i]);
    if (!found && name == given.get() && sd_is_socket(SD_LISTEN_FDS_START + i, AF_UNSPEC, SOCK_STREAM, 1) > 0)
      found = SD_LISTEN_FDS_START + i;
  }
  return found;
}

void ready() { tell("READY=1"); }
void reloading() { tell("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(monotonic_microseconds())); }
void stopping() { tell("STOPPING=1"); }
void alive() { tell("WATCHDOG=1"); }

std::optional<std::chrono::microseconds> watchdog_interval() {
  std::uint64_t limit = 0;
  if (sd_watchdog_enabled(keep_variables, &limit) <= 0) return {};
  return std::chrono::microseconds(limit / 2);
}

}
