#include "daemon/ledger/spool.hpp"

#include <mutex>

#include <SQLiteCpp/SQLiteCpp.h>

#include "daemon/database/failure.hpp"
#include "daemon/database/file_lock.hpp"
#include "daemon/ledger/body.hpp"
#include "daemon/ledger/spool_rows.hpp"
#include "sql/spool.hpp"

namespace releasehealth::ledger {
// Counts its contents once on opening and keeps the counts up to date, because the file may be very large.
struct spool::file {
  file_lock lock;
  mutable std::mutex one_at_a_time;
  SQLite::Database database;
  std::filesystem::path folder;
  spool_limits limits;
  contents holds;
  bool had_no_room = false;  ///< the last delivery did not fit, and nothing was drained since

  file(const std::filesystem::path& path, spool_limits l)
      : lock(alone(path)),
        database(private_to_us(path).string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, busy_timeout_ms),
        folder(path.parent_path()),
        limits(l) {
    database.exec("PRAGMA journal_mode = WAL");
    database.exec("PRAGMA synchronous = FULL");  // each commit is on disk
    database.exec(std::string(sql::spool::schema));
    auto row = prepared(sql::spool::count);
    row.executeStep();
    holds.deliveries = static_cast<std::size_t>(row.getColumn(0).getInt64());
    holds.bytes = static_cast<std::size_t>(row.getColumn(1).getInt64());
    holds.set_aside = static_cast<std::size_t>(row.getColumn(2).getInt64());
    find_oldest();
  }

  // SQLite creates its other files with the permissions of the first one.
  static const std::filesystem::path& private_to_us(const std::filesystem::path& path) {
    const own_file made(path);
    for (const auto* other : {"-wal", "-shm"})
      if (std::filesystem::exists(path.string() + other)) const own_file restricted(path.string() + other);
    return path;
  }

  // Two daemons with one spool would have wrong counts, because each drains deliveries that the other counts.
  static file_lock alone(const std::filesystem::path& path) {
    file_lock mine(path.string() + ".lock");
    if (!mine.take(std::to_string(getpid()) + '\n'))
      throw std::runtime_error("in use by another releasehealthd; each daemon needs its own state_dir");
    return mine;
  }

  SQLite::Statement prepared(std::string_view statement) const { return {database, std::string(statement)}; }

  void find_oldest() {
    auto row = prepared(sql::spool::first);
    holds.oldest = row.executeStep() ? std::optional(time_of(row.getColumn(0))) : std::nullopt;
  }

  /// The spool stops filling the disk before there is too little space left to drain it.
  bool has_disk() const {
    std::error_code ec;
    const auto space = std::filesystem::space(folder, ec);
    return ec || space.available >= limits.free_bytes;
  }

  std::optional<error> refusal(timestamp now) {
    if (!has_disk()) {
      holds.is_writable = false;
      return error(errc::unavailable, "the spool's disk is full").over("spool.min_free_bytes");
    }
    if (holds.bytes >= limits.bytes) return full();
    if (holds.oldest && now - *holds.oldest > limits.age)
      return error(errc::unavailable, "the oldest spooled delivery exceeds the age limit").over("spool.max_age");
    return {};
  }
  static error full() { return error(errc::unavailable, "the spool is full").over("spool.max_bytes"); }

  void set_aside(std::int64_t number, const std::string& why) {
    auto row = prepared(sql::spool::set_aside);
    row.bind(1, number);
    row.bind(2, why);
    if (row.exec() == 0) return;
    --holds.deliveries;
    ++holds.set_aside;
  }

  result<stored> put_one(const entry& e, SQLite::Statement& insert, contents& held) {
    const auto headers = json::serialize(e.headers), events = events_text(e.events);
    const auto body = compress(e.body);
    const auto size = body.size() + events.size() + headers.size();
    if ((had_no_room = held.bytes + size > limits.bytes)) return full();
    insert.reset();
    insert.bind(1, e.source);
    insert.bind(2, e.key);
    insert.bind(3, static_cast<std::int64_t>(e.received_at.time_since_epoch().count()));
    insert.bind(4, e.outcome);
    insert.bind(5, e.detail);
    insert.bind(6, headers);
    insert.bind(7, body.data(), static_cast<int>(body.size()));
    insert.bind(8, events);
    insert.bind(9, static_cast<std::int64_t>(size));
    if (insert.exec() == 0) return stored{0, e.events.size(), true, {}, {}};
    held.bytes += size;
    ++held.deliveries;
    return stored{e.events.size(), 0, false, {}, {}};
  }
};

spool::spool(const std::filesystem::path& path, spool_limits l) : file_(std::make_unique<file>(path, l)) {}
spool::~spool() = default;

std::vector<result<stored>> spool::put(std::span<const entry* const> all, timestamp now) {
  const std::lock_guard lock(file_->one_at_a_time);
  const auto refuse_all = [&](const error& why) { return std::vector<result<stored>>(all.size(), why); };
  try {
    if (const auto why = file_->refusal(now)) return refuse_all(*why);
    auto held = file_->holds;
    std::vector<result<stored>> out;
    {
      SQLite::Transaction work(file_->database);
      auto insert = file_->prepared(sql::spool::put);
      for (const auto* e : all) out.push_back(file_->put_one(*e, insert, held));
      work.commit();
    }
    file_->holds = held;
    file_->holds.is_writable = true;
    if (!held.oldest) file_->find_oldest();
    return out;
  } catch (const SQLite::Exception& e) {
    file_->holds.is_writable = false;
    return refuse_all(error(errc::unavailable, "the spool cannot be written: " + description_of(e)));
  }
}

void spool::try_disk() {
  const std::lock_guard lock(file_->one_at_a_time);
  try {
    if (file_->has_disk()) file_->database.exec(std::string(sql::spool::try_disk));
    file_->holds.is_writable = file_->has_disk();
  } catch (const SQLite::Exception&) {
    file_->holds.is_writable = false;
  }
}

// Quarantines rows that cannot be read, so that they do not block those behind them.
std::vector<spool::kept> spool::oldest(std::size_t most, std::size_t most_bytes) {
  const std::lock_guard lock(file_->one_at_a_time);
  std::vector<kept> all;
  std::vector<std::pair<std::int64_t, std::string>> unreadable;
  do {
    for (const auto& [number, why] : std::exchange(unreadable, {})) file_->set_aside(number, why);
    auto rows = file_->prepared(sql::spool::oldest);
    rows.bind(1, static_cast<std::int64_t>(most));
    for (std::size_t bytes = 0; rows.executeStep();) {
      bytes += static_cast<std::size_t>(rows.getColumn(9).getInt64());
      if (bytes > most_bytes && !all.empty()) break;
      const auto number = rows.getColumn(0).getInt64();
      try {
        all.push_back({number, read_spooled(rows)});
      } catch (const SQLite::Exception&) {
        throw;  // the file is damaged, not the row
      } catch (const std::exception& e) {
        unreadable.emplace_back(number, "the row cannot be read: " + description_of(e));
      }
    }
  } while (all.empty() && !unreadable.empty());
  for (const auto& [number, why] : unreadable) file_->set_aside(number, why);
  file_->find_oldest();
  return all;
}

void spool::remove(std::span<const std::int64_t> numbers) {
  const std::lock_guard lock(file_->one_at_a_time);
  auto held = file_->holds;
  {
    SQLite::Transaction work(file_->database);
    auto row = file_->prepared(sql::spool::remove);
    for (const auto n : numbers) {
      row.reset();
      row.bind(1, n);
      if (!row.executeStep()) continue;
      held.bytes -= static_cast<std::size_t>(row.getColumn(0).getInt64());
      --held.deliveries;
    }
    row.reset();
    work.commit();
  }
  file_->holds = held;
  file_->had_no_room = false;
  file_->find_oldest();
  if (held.bytes == 0) file_->database.exec("VACUUM");  // releases the disk space of the outage
}

void spool::set_aside(std::int64_t number, const std::string& why) {
  const std::lock_guard lock(file_->one_at_a_time);
  file_->set_aside(number, why);
  file_->find_oldest();
}

void spool::use(const spool_limits& l) {
  const std::lock_guard lock(file_->one_at_a_time);
  file_->limits = l;
  file_->had_no_room = false;
}

bool spool::has_room(timestamp now) const {
  const std::lock_guard lock(file_->one_at_a_time);
  return !file_->had_no_room && file_->holds.is_writable && !file_->refusal(now);
}

spool::contents spool::count() const {
  const std::lock_guard lock(file_->one_at_a_time);
  return file_->holds;
}

}
