#pragma once
// Parsing and checks of a listener's address, before it is bound.
#include <string>
#include <string_view>

#include "collectors/base/result.hpp"
#include "daemon/http/server.hpp"

namespace releasehealth::http {

/// Address and port (0: any free one) of "127.0.0.1:9620", "[::1]:9620" or ":9620" (every IPv4 address). The error
/// names the value and the expected form.
result<endpoint> parse_listen_address(std::string_view);

/// Whether binding the first listener would prevent binding the second.
bool is_taken_by(const endpoint& first, const endpoint& second);

/// Whether the address is a wildcard or belongs to an interface of this machine. Also true if the system cannot say.
bool is_of_this_machine(const endpoint&);

}
