-- How far `sync` has read the lists of source $1.
SELECT source, list, scope, microseconds(since) AS since, microseconds(until) AS until, microseconds(reading_since) AS reading_since,
       microseconds(began_at) AS began_at, next_path, next_body, etag, etag_path
FROM sync_position WHERE source = $1
