-- Returns the changes within the look-back of a rule ($7: `within` in microseconds) before the given positions ($1-$6: service,
-- environment, finished_at, day_order, source, subject), in the order of the stack. n is the position in $1-$6, from 1.
SELECT run.n, d.version, microseconds(d.finished_at) AS finished_at
FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[])
  WITH ORDINALITY AS run (service, environment, finished_at, day_order, source, subject, n)
CROSS JOIN LATERAL (
  SELECT * FROM deployment d
  WHERE d.service = run.service AND d.environment = run.environment AND d.is_change AND NOT d.is_release
    AND d.finished_at <= run.finished_at AND d.finished_at >= run.finished_at - $7::bigint * interval '1 microsecond'
    AND (d.finished_at, d.day_order, d.source, d.subject) < (run.finished_at, run.day_order, run.source, run.subject) OFFSET 0) AS d
ORDER BY run.n, d.finished_at, d.day_order, d.source, d.subject
