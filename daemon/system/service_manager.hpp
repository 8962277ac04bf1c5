#pragma once
// The systemd service interface (sd_notify(3), sd_listen_fds(3)). Without systemd, notifications have no effect and no
// socket is inherited.
#include <chrono>
#include <optional>
#include <string>

namespace releasehealth::service_manager {

/// The listening socket of that name (FileDescriptorName= of a socket unit), if systemd passed one. Such a socket
/// outlives the daemon: a client that connects during a restart waits instead of being rejected.
std::optional<int> inherited_socket(const std::string& name);

/// The address a socket is bound to; empty if it is not an IP socket.
std::string address_of(int socket);

void ready();  ///< also after a reload
void reloading();
void stopping();
void alive();  ///< must be called at least every watchdog_interval()

/// Half of the service manager's watchdog timeout; nothing if the watchdog is disabled.
std::optional<std::chrono::microseconds> watchdog_interval();

}
