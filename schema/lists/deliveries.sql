-- What came in, the latest first; never its body. $1: filters; $2: the last one of the page before, [id], or null; $3: at most so many.
SELECT d.id, d.source, d.key, d.received_at,
       CASE WHEN d.outcome = 'accepted' AND d.detail <> '' THEN 'partly_dead' ELSE d.outcome END AS outcome, d.detail, octet_length(d.body) AS stored_bytes
FROM delivery d
WHERE ($1::jsonb ->> 'source' IS NULL OR d.source = $1::jsonb ->> 'source')
  AND CASE $1::jsonb ->> 'outcome'
        WHEN 'partly_dead' THEN d.outcome = 'accepted' AND d.detail <> ''
        WHEN 'accepted' THEN d.outcome = 'accepted' AND d.detail = ''
        ELSE d.outcome = coalesce($1::jsonb ->> 'outcome', d.outcome) END
  AND d.received_at >= coalesce(($1::jsonb ->> 'since')::timestamptz, '-infinity')
  AND d.received_at < coalesce(($1::jsonb ->> 'until')::timestamptz, 'infinity')
  AND ($2::jsonb IS NULL OR d.id < ($2::jsonb ->> 0)::bigint)
ORDER BY d.id DESC
LIMIT $3::bigint
