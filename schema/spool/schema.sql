-- SQLite, in the state directory of the daemon: deliveries that were acknowledged while PostgreSQL was unavailable.
CREATE TABLE IF NOT EXISTS delivery (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  source TEXT NOT NULL,
  key TEXT NOT NULL,
  received_at INTEGER NOT NULL, -- microseconds since 1970
  outcome TEXT NOT NULL,
  detail TEXT NOT NULL,
  headers TEXT NOT NULL,
  body BLOB NOT NULL, -- zstd
  events TEXT NOT NULL,
  size INTEGER NOT NULL,
  set_aside TEXT, -- why PostgreSQL rejects it (quarantined); NULL: to be stored
  UNIQUE (source, key)
);
