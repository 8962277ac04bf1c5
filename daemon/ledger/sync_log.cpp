#include "daemon/ledger/sync_log.hpp"

#include <set>

#include "daemon/database/rows.hpp"
#include "sql/ledger.hpp"

namespace releasehealth::ledger {

BOOST_DESCRIBE_STRUCT(sync_position, (),
                      (source, list, scope, since, until, reading_since, began_at, next_path, next_body, etag,
                       etag_path))

namespace {

constexpr auto horizon = std::chrono::days(90);

}

struct sync_log::connected {
  explicit connected(const session& s) : to_database(s) { to_database.prepare_statements(); }
  connection to_database;
};

sync_log::sync_log(session where) : connected_(std::make_unique<connected>(where)) {}
sync_log::~sync_log() = default;

bool sync_log::lock(const std::string& source) {
  transaction work(connected_->to_database, transaction::by_statement);
  return query<bool>(work, sql::ledger::try_sync_lock, source).front();
}

std::vector<sync_position> sync_log::positions(const std::string& source) {
  transaction work(connected_->to_database, transaction::by_statement);
  return query<sync_position>(work, sql::ledger::sync_positions, source);
}

void sync_log::write(const sync_position& p) {
  transaction work(connected_->to_database, transaction::by_statement);
  execute(work, sql::ledger::write_sync_position, p.source, p.list, p.scope, p.since, p.until, p.reading_since,
          p.began_at, p.next_path, p.next_body, p.etag, p.etag_path);
}

void sync_log::write(const sync_run& r) {
  transaction work(connected_->to_database, transaction::by_statement);
  execute(work, sql::ledger::write_sync_run, r.source, r.began_at, r.ended_at, r.requests, r.events, r.unreported,
          r.failures, r.failure, r.ended_at - horizon);
}

std::size_t sync_log::count_unreported(const std::string& source, const std::vector<event>& events) {
  std::set<std::pair<std::string_view, std::string_view>> things;
  for (const auto& e : events) things.emplace(word(e.thing), e.subject);
  std::vector<std::string> types, subjects;
  for (const auto& [type, subject] : things) {
    types.emplace_back(type);
    subjects.emplace_back(subject);
  }
  transaction work(connected_->to_database, transaction::by_statement);
  return static_cast<std::size_t>(
      query<std::int64_t>(work, sql::ledger::count_unreported, source, types, subjects).front());
}

}
