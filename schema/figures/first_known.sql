-- The start of data: the first finish of a deployment or start of an incident that is followed by another within 366 days,
-- so that a single wrong date does not make decades count as covered; without such a pair, the last one of all. If there is
-- one within 183 days on either side of $1, the earliest requested instant, the result is $1, which is found quickly. Also
-- whether any incident was reported.
WITH RECURSIVE begins AS (
  SELECT least(
      (SELECT min(first.at) FROM place p CROSS JOIN LATERAL (
        SELECT min(d.finished_at) AS at FROM deployment d WHERE d.service = p.service AND d.environment = p.environment) AS first),
      (SELECT min(first.at) FROM place p CROSS JOIN LATERAL (
        SELECT min(i.started_at) AS at FROM incident i WHERE i.service = p.service AND i.environment = p.environment) AS first)) AS at
  UNION ALL
  SELECT following.at FROM begins CROSS JOIN LATERAL (
    SELECT least(
      (SELECT min(first.at) FROM place p CROSS JOIN LATERAL (
        SELECT min(d.finished_at) AS at FROM deployment d
        WHERE d.service = p.service AND d.environment = p.environment AND d.finished_at > begins.at) AS first),
      (SELECT min(first.at) FROM place p CROSS JOIN LATERAL (
        SELECT min(i.started_at) AS at FROM incident i
        WHERE i.service = p.service AND i.environment = p.environment AND i.started_at > begins.at) AS first)) AS at) AS following
  WHERE following.at > begins.at + interval '366 days'
)
SELECT microseconds(CASE
    WHEN EXISTS (
      SELECT FROM place p CROSS JOIN LATERAL (
        SELECT FROM deployment d WHERE d.service = p.service AND d.environment = p.environment
          AND d.finished_at <= $1::timestamptz AND d.finished_at >= $1::timestamptz - interval '183 days' LIMIT 1) AS before)
     AND EXISTS (
      SELECT FROM place p CROSS JOIN LATERAL (
        SELECT FROM deployment d WHERE d.service = p.service AND d.environment = p.environment
          AND d.finished_at > $1::timestamptz AND d.finished_at <= $1::timestamptz + interval '183 days' LIMIT 1) AS after)
    THEN $1::timestamptz
    ELSE (SELECT max(at) FROM begins)
  END) AS since, EXISTS (SELECT FROM incident) AS has_incidents
