-- What came in, the latest first; never its body. $1: filters; $2: the last one of the page before, [id], or null; $3: at most so many.
SELECT d.id, d.source, d.key, d.received_at, d.outcome, d.detail, octet_length(d.body) AS stored_bytes
FROM delivery d
WHERE ($1::jsonb ->> 'source' IS NULL OR d.source = $1::jsonb ->> 'source')
  AND ($1::jsonb ->> 'outcome' IS NULL OR d.outcome = $1::jsonb ->> 'outcome')
  AND d.received_at >= coalesce(($1::jsonb ->> 'since')::timestamptz, '-infinity')
  AND d.received_at < coalesce(($1::jsonb ->> 'until')::timestamptz, 'infinity')
  AND ($2::jsonb IS NULL OR d.id < ($2::jsonb ->> 0)::bigint)
ORDER BY d.id DESC
LIMIT $3::bigint
