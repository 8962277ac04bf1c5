#pragma once
// The address of a listener, checked before it is bound.
#include <string>
#include <string_view>

#include "collectors/base/result.hpp"
#include "daemon/http/server.hpp"

namespace releasehealth::http {

/// Address and port (0: any free one) of "127.0.0.1:9620", "[::1]:9620" or ":9620" (every IPv4 address). The error
/// names the value and what is expected.
result<endpoint> parse_listen_address(std::string_view);

/// Whether the second of two listeners finds its port taken by the first.
bool is_taken_by(const endpoint& first, const endpoint& second);

/// Whether an interface of this machine has the address, or it is a wildcard. True if the system gives no answer.
bool is_of_this_machine(const endpoint&);

}
