-- Returns the identities of the rollbacks that returned to the elements $1 before the positions $2-$5 (finished_at, day_order,
-- source, subject), in the order of the stack. n is the position in $1, from 1.
SELECT of.n, d.identity
FROM unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::text[]) WITH ORDINALITY AS of (live, finished_at, day_order, source, subject, n)
CROSS JOIN LATERAL (
  SELECT * FROM deployment d
  WHERE d.live = of.live AND d.kind = 'rollback' AND NOT d.is_release
    AND (d.finished_at, d.day_order, d.source, d.subject) < (of.finished_at, of.day_order, of.source, of.subject) OFFSET 0) AS d
ORDER BY of.n, d.finished_at, d.day_order, d.source, d.subject
