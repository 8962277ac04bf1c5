#include "daemon/ledger/body.hpp"
#include "daemon/ledger/spool.hpp"
#include "daemon/ledger/spool_rows.hpp"
#include "sql/spool.hpp"

namespace releasehealth::ledger {

std::size_t rewrite_spool(const std::filesystem::path& path,
                          const std::function<bool(entry&, std::string& set_aside)>& change) {
  if (!std::filesystem::exists(path)) return 0;
  SQLite::Database database(path.string(), SQLite::OPEN_READWRITE, busy_timeout_ms);
  database.exec("PRAGMA synchronous = FULL");
  database.exec("PRAGMA secure_delete = ON");  // leaves no data in free pages
  std::size_t changed = 0;
  for (std::int64_t last = 0;;) {  // one row per transaction, so that the daemon can write in between
    SQLite::Transaction work(database, SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement row(database, std::string(sql::spool::everything));
    row.bind(1, last);
    if (!row.executeStep()) break;
    last = row.getColumn(0).getInt64();
    auto kept = read_spooled(row);
    const bool is_aside = !row.getColumn(10).isNull();
    auto set_aside = is_aside ? text(row.getColumn(10)) : std::string();
    row.reset();
    if (!change(kept, set_aside)) continue;
    SQLite::Statement write(database, std::string(sql::spool::rewrite));
    const auto body = compress(kept.body);
    write.bind(1, last);
    write.bind(2, kept.detail);
    write.bind(3, json::serialize(kept.headers));
    write.bind(4, body.data(), static_cast<int>(body.size()));
    write.bind(5, events_text(kept.events));
    is_aside ? write.bind(6, set_aside) : write.bind(6);
    write.exec();
    work.commit();
    ++changed;
  }
  if (changed > 0) database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  return changed;
}

}
