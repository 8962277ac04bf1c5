#pragma once
// Derives each part's settings from the configuration, at the start and at each reload.
#include <chrono>
#include <string>
#include <vector>

#include "daemon/api/settings.hpp"
#include "daemon/config/config.hpp"
#include "daemon/intake/intake.hpp"

namespace releasehealth {

http::limits intake_limits(const config&);
http::limits operations_limits(const config&);

/// The timeout of statements that write or derive.
std::chrono::milliseconds statement_limit(const config&);
/// The timeout of queries for figures.
std::chrono::milliseconds read_limit(const config&);

ledger::commit_queue::limits queue_limits(const config&);
intake_settings intake_of(const config&);
api::settings operations_of(const config&);

/// The source names under which deliveries are counted: the configured sources, and the one of token senders.
std::vector<std::string> source_names(const config&);

}
