#include "daemon/system/service_manager.hpp"

#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <memory>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>

namespace releasehealth::service_manager {
namespace {

constexpr int keep_variables = 0;

struct release {
  void operator()(void* p) const { std::free(p); }  // NOLINT(cppcoreguidelines-*): it came from malloc
};

// sd_notify(3): the start of a reload, on the service manager's clock.
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
  const std::unique_ptr<char*, release> list(names);  // sd_listen_fds_with_names(3): the caller frees all of it
  std::optional<int> found;
  for (int i = 0; i < count; ++i) {
    const std::unique_ptr<char, release> given(names[i]);
    if (!found && name == given.get() && sd_is_socket(SD_LISTEN_FDS_START + i, AF_UNSPEC, SOCK_STREAM, 1) > 0)
      found = SD_LISTEN_FDS_START + i;
  }
  return found;
}

std::string address_of(int socket) {
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  char text[INET6_ADDRSTRLEN] = {};
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&bound), &size) != 0) return {};
  const void* address = bound.ss_family == AF_INET6
                            ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in6*>(&bound)->sin6_addr)
                            : &reinterpret_cast<const sockaddr_in*>(&bound)->sin_addr;
  if (bound.ss_family != AF_INET && bound.ss_family != AF_INET6) return {};
  return inet_ntop(bound.ss_family, address, text, sizeof text) ? std::string(text) : std::string();
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
