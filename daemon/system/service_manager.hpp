#pragma once
// What systemd gives a service, and wants to know of it (sd_notify(3), sd_listen_fds(3)). Without systemd nothing is
// given and nobody listens.
#include <chrono>
#include <optional>
#include <string>

namespace releasehealth::service_manager {

/// The listening socket of that name (FileDescriptorName= of a socket unit), if one was handed over. Sockets that were
/// handed over outlive the daemon: who connects between its end and its next start waits, and is not refused.
std::optional<int> inherited_socket(const std::string& name);

/// The address that a socket is bound to; empty if it is not one of TCP.
std::string address_of(int socket);

void ready();  ///< also after a reload
void reloading();
void stopping();
void alive();  ///< to be said at least every watchdog_interval()

/// Half of what the manager waits before it takes the daemon for hung; nothing if it does not.
std::optional<std::chrono::microseconds> watchdog_interval();

}
