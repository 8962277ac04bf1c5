-- A page of deliveries, latest first, without bodies. $1: filters; $2: key of the previous page's last row as [id], or null; $3: page size.
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
