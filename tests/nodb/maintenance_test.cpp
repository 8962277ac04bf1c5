// Periodic work ends with the daemon.
#include "daemon/app/maintenance.hpp"

#include <thread>

#include <doctest/doctest.h>

using namespace releasehealth;

TEST_SUITE("nodb") {
  TEST_CASE("a stop between a timer's expiry and its handler ends the periodic work") {
    boost::asio::io_context io;
    const logger log{log_format::logfmt, log_level::error};
    metrics own({});
    ledger::source_journal journal;
    maintenance upkeep(
        {.io = io, .database = {}, .postgres = nullptr, .log = log, .own = own, .journal = journal, .clock = nullptr});
    upkeep.start();
    boost::asio::steady_timer stop(io, std::chrono::milliseconds(500));
    stop.async_wait([&](boost::system::error_code) { upkeep.stop(); });
    // the one-second timer has also expired when the io context runs next
    std::this_thread::sleep_for(std::chrono::milliseconds(1100));
    io.run_for(std::chrono::seconds(10));
    CHECK(io.stopped());
    upkeep.join();
  }
}
