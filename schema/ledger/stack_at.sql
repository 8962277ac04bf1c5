-- The live stack of place $1, $2 before the position ($3, $4, $5), from the top down: every element that can still be
-- returned to after a look-back of $6 microseconds, and the one below.
WITH RECURSIVE last AS (
  SELECT live FROM deployment
  WHERE service = $1 AND environment = $2 AND state = 'succeeded' AND finished_at <= $3::timestamptz
    AND (finished_at, source, subject) < ($3::timestamptz, $4, $5)
  ORDER BY finished_at DESC, source DESC, subject DESC LIMIT 1
), level AS (
  SELECT 1 AS depth, true AS in_reach, d.* FROM last JOIN deployment d ON d.id = last.live
  UNION ALL
  SELECT level.depth + 1, $3::timestamptz - level.covers_since <= $6::bigint * interval '1 microsecond', d.*
  FROM level JOIN deployment d ON d.id = level.below
  WHERE level.in_reach
)
SELECT level.source, level.subject, level.id, microseconds(level.finished_at) AS finished_at, level.version, level.commit, level.kind, level.is_change,
       level.live, level.below, microseconds(level.covers_since) AS covers_since, level.rolled_back_by
FROM level ORDER BY depth
