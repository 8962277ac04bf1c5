#include "daemon/app/maintenance.hpp"

#include <memory>

#include <boost/asio/post.hpp>

#include "daemon/database/failure.hpp"
#include "daemon/ledger/retention.hpp"
#include "daemon/system/service_manager.hpp"

namespace releasehealth {
namespace {

constexpr std::chrono::seconds journal_look{5};  // short, because a new user reloads /sources after the first delivery
constexpr std::chrono::minutes journal_interval{1};

}

maintenance::maintenance(parts p)
    : parts_(std::move(p)), second_(parts_.io), journal_(parts_.io), hour_(parts_.io), watchdog_(parts_.io) {}

void maintenance::start() {
  repeat(second_, std::chrono::seconds(1), &maintenance::look);
  stay_alive();
  keep_house();
  repeat(journal_, journal_look, &maintenance::write_journal);
}

void maintenance::stop() {
  is_stopped_ = true;
  for (auto* timer : {&second_, &journal_, &hour_, &watchdog_}) timer->cancel();
  write_journal();
}

// Checks the flag, because cancel() does not affect a timer that has already fired but whose handler has not run.
void maintenance::repeat(boost::asio::steady_timer& timer, duration interval, void (maintenance::*round)()) {
  timer.expires_after(interval);
  timer.async_wait([this, round](boost::system::error_code ec) {
    if (!ec && !is_stopped_) (this->*round)();
  });
}

void maintenance::look() {
  look_at_clock();
  look_at_postgres();
  repeat(second_, std::chrono::seconds(1), &maintenance::look);
}

void maintenance::look_at_clock() {
  const auto moved = clocks_.moved();
  if (!moved) return;
  parts_.own.clock_jumped();
  const auto difference = std::chrono::ceil<std::chrono::milliseconds>(*moved);
  parts_.log.warning("the system clock jumped", {{"by_ms", std::to_string(difference.count())}});
}

void maintenance::look_at_postgres() {
  if (!parts_.postgres) return;
  const auto tell = [this](const std::string& what) { parts_.log.info(what); };
  try {
    parts_.postgres->restart_if_replaced(tell);
    parts_.postgres->restart_if_gone(tell);
  } catch (const std::exception& e) {
    parts_.log.error("cannot restart the private PostgreSQL", {{"err", ledger::description_of(e)}});
  }
}

void maintenance::keep_house() {
  if (keep_bodies_ > duration{0})
    thread_.post([this, cutoff = parts_.clock() - keep_bodies_] {
      try {
        if (const auto dropped = ledger::drop_bodies(parts_.database.as("retention"), cutoff); dropped > 0)
          parts_.log.info("old bodies dropped", {{"count", std::to_string(dropped)}});
      } catch (const std::exception& e) {
        parts_.log.warning("cannot drop old bodies", {{"err", ledger::description_of(e)}});
      }
    });
  repeat(hour_, std::chrono::hours(1), &maintenance::keep_house);
}

// Entries that cannot be written are kept for the next attempt; their number is bounded.
void maintenance::write_journal() {
  const auto began = std::chrono::steady_clock::now();
  if (!is_stopped_) {
    repeat(journal_, journal_look, &maintenance::write_journal);
    if (journal_written_ && began - *journal_written_ < journal_interval) return;
  }
  auto entries = std::make_shared<ledger::journal_entries>(parts_.journal.take());
  if (entries->empty()) return;
  journal_written_ = began;
  thread_.post([this, entries, now = parts_.clock()] {
    try {
      ledger::write_journal(parts_.database.as("retention"), *entries, now);
    } catch (const std::exception& e) {
      // PostgreSQL is unavailable or not migrated yet; the append logs it as an error
      parts_.log.debug("cannot write the journal of sources", {{"err", ledger::description_of(e)}});
      boost::asio::post(parts_.io, [this, entries] {
        parts_.journal.put_back(*entries);
        journal_written_.reset();
      });
    }
  });
}

// Notifies the watchdog from the io thread: if that thread hangs, the daemon hangs.
void maintenance::stay_alive() {
  const auto interval = service_manager::watchdog_interval();
  if (!interval) return;
  service_manager::alive();
  repeat(watchdog_, *interval, &maintenance::stay_alive);
}

}
