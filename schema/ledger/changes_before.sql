-- The changes of place $1, $2 in the `within` of a rule before the position ($3, $4, $5), in the order of the stack.
SELECT d.version, microseconds(d.finished_at) AS finished_at
FROM deployment d
WHERE d.service = $1 AND d.environment = $2 AND d.is_change AND d.finished_at <= $3::timestamptz
  AND d.finished_at >= $3::timestamptz - $6::bigint * interval '1 microsecond'
  AND (d.finished_at, d.source, d.subject) < ($3::timestamptz, $4, $5)
ORDER BY d.finished_at, d.source, d.subject
