-- Returns the instants $2 that lie within an incident of service $1 (n: position in $2, from 1), with the environment that the
-- incident reports. The incidents $3, $4 (source, subject) are excluded.
SELECT at.n, i.facts->>'environment' AS environment
FROM unnest($2::timestamptz[]) WITH ORDINALITY AS at (at, n)
JOIN incident i ON i.service = $1 AND i.stretches @> at.at
WHERE NOT EXISTS (SELECT FROM unnest($3::text[], $4::text[]) AS t (source, subject) WHERE t.source = i.source AND t.subject = i.subject)
