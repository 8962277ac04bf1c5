-- Stores how far list $2 of scope $3 of source $1 has been read: $4-$5 completely; a reading since $6 began at $7 and continues
-- with request $8, $9; the first page has the ETag $10 for the request $11.
INSERT INTO sync_position (source, list, scope, since, until, reading_since, began_at, next_path, next_body, etag, etag_path)
VALUES ($1, $2, $3, $4::timestamptz, $5::timestamptz, $6::timestamptz, $7::timestamptz, $8, $9, $10, $11)
ON CONFLICT (source, list, scope) DO UPDATE
SET since = excluded.since, until = excluded.until, reading_since = excluded.reading_since, began_at = excluded.began_at, next_path = excluded.next_path,
    next_body = excluded.next_body, etag = excluded.etag, etag_path = excluded.etag_path
