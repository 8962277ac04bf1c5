#pragma once
// What each part of the daemon goes by, read from the configuration, at the start and at each reload.
#include <chrono>
#include <string>
#include <vector>

#include "daemon/api/settings.hpp"
#include "daemon/config/config.hpp"
#include "daemon/intake/intake.hpp"

namespace releasehealth {

http::limits intake_limits(const config&);
http::limits operations_limits(const config&);

/// Of a statement that writes or derives.
std::chrono::milliseconds statement_limit(const config&);
/// Of a question about figures.
std::chrono::milliseconds read_limit(const config&);

ledger::commit_queue::limits queue_limits(const config&);
intake_settings intake_of(const config&);
api::settings operations_of(const config&);

/// Everyone whose deliveries are counted: the sources, and senders with a token.
std::vector<std::string> source_names(const config&);

}
