-- Returns for each given position ($1-$6: service, environment, finished_at, day_order, source, subject) the first $7 succeeded
-- deployments from there on, including the position itself, in the order of the live stack, with their stored verdicts. n is the
-- position in $1-$6, from 1.
SELECT run.n, d.id, d.source, d.subject, d.day_order, microseconds(d.finished_at) AS finished_at, d.version, d.identity, d.kind, d.is_change,
       d.live, d.below, microseconds(d.covers_since) AS covers_since, d.rolled_back_by, d.kind_reason, d.kind_evidence,
       microseconds(d.started_at) AS started_at, d.facts, d.commit_facts, d.overrides
FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[])
  WITH ORDINALITY AS run (service, environment, finished_at, day_order, source, subject, n)
CROSS JOIN LATERAL (
  SELECT * FROM deployment d
  WHERE d.service = run.service AND d.environment = run.environment AND NOT d.is_release AND d.state = 'succeeded'
    AND d.finished_at >= run.finished_at
    AND (d.finished_at, d.day_order, d.source, d.subject) >= (run.finished_at, run.day_order, run.source, run.subject)
  ORDER BY d.finished_at, d.day_order, d.source, d.subject
  LIMIT $7::bigint) AS d
ORDER BY run.n, d.finished_at, d.day_order, d.source, d.subject
