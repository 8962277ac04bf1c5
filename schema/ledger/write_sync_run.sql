-- Stores a run of `sync` for source $1, and deletes the source's runs that ended before $9.
WITH old AS (
  DELETE FROM sync_run WHERE source = $1 AND ended_at < $9::timestamptz
)
INSERT INTO sync_run (source, began_at, ended_at, requests, events, unreported, failures, failure)
VALUES ($1, $2::timestamptz, $3::timestamptz, $4::bigint, $5::bigint, $6::bigint, $7::bigint, $8)
ON CONFLICT (source, began_at) DO NOTHING
