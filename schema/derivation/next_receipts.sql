-- Returns the next 100 reports after $3-$5 (receipt in microseconds, source, id) that may use the name $2 for something of the
-- kind $1.
SELECT microseconds(e.received_at) AS received_at, microseconds(e.time) AS time, e.source, e.id, e.thing, e.subject, e.fields AS names
FROM event e
WHERE (e.received_at, e.source, e.id) > (timestamptz 'epoch' + $3::bigint * interval '1 microsecond', $4::text, $5::text)
  AND e.type <> 'retraction' AND e.thing NOT IN ('commit', 'tag')
  AND CASE $1::text WHEN 'service' THEN e.fields->'services' ? $2::text OR e.fields->>'service' = $2::text
                    WHEN 'team' THEN e.fields->>'team' = $2::text
                    ELSE lower(e.fields->>'environment') = lower($2::text) END
ORDER BY e.received_at, e.source, e.id
LIMIT 100
