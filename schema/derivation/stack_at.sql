-- Returns the live stacks before the given positions ($1-$6: service, environment, finished_at, day_order, source, subject), from
-- the top down: every element to which a rollback with a look-back of $7 microseconds can still return and the element below it,
-- or only the top ($8). OFFSET 0 makes each step an index lookup, because the planner cannot know how many steps there are. Each
-- step copies its row, so facts are left out.
WITH RECURSIVE run AS (
  SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $8::boolean[])
    WITH ORDINALITY AS r (service, environment, finished_at, day_order, source, subject, only_top, n)
), level AS (
  SELECT run.n, run.finished_at AS at, 1 AS depth, NOT run.only_top AS goes_on, {{> _level}}
  FROM run CROSS JOIN LATERAL (
    SELECT live FROM deployment d
    WHERE d.service = run.service AND d.environment = run.environment AND NOT d.is_release AND d.state = 'succeeded'
      AND d.finished_at <= run.finished_at
      AND (d.finished_at, d.day_order, d.source, d.subject) < (run.finished_at, run.day_order, run.source, run.subject)
    ORDER BY d.finished_at DESC, d.day_order DESC, d.source DESC, d.subject DESC LIMIT 1) AS last
  CROSS JOIN LATERAL (SELECT * FROM deployment d WHERE d.id = last.live OFFSET 0) AS d
  UNION ALL
  SELECT level.n, level.at, level.depth + 1, level.at - level.covers_since <= $7::bigint * interval '1 microsecond', {{> _level}}
  FROM level CROSS JOIN LATERAL (SELECT * FROM deployment d WHERE d.id = level.below OFFSET 0) AS d
  WHERE level.goes_on
)
SELECT n, id, source, subject, day_order, microseconds(finished_at) AS finished_at, version, identity, kind, is_change, live, below,
       microseconds(covers_since) AS covers_since, rolled_back_by
FROM level ORDER BY n, depth
