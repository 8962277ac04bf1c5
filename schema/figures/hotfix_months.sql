-- Hotfixes of each month, and when the first deployment finished, as rows of (scope, month from 1, hotfixes, since in
-- microseconds). $1 the begins of the months in order, and the end of the last one; $2 to $5 scope number, service,
-- environment and time range of each scope's targets. Months without a hotfix have no row; month 0 has `since`.
WITH scope AS (
  SELECT * FROM unnest($2::int[], $3::text[], $4::text[], $5::text[]::tstzrange[]) AS scope (n, service, environment, during)
), begins AS (SELECT $1::timestamptz[] AS at)
SELECT scope.n AS scope, width_bucket(d.finished_at, begins.at) AS month, count(*) AS hotfixes, NULL::bigint AS since
FROM scope CROSS JOIN begins
CROSS JOIN LATERAL (  -- OFFSET: incidents.sql
  SELECT * FROM deployment d
  WHERE d.service = scope.service AND d.environment = scope.environment AND d.kind = 'hotfix' AND d.state = 'succeeded'
    AND d.finished_at >= begins.at[1] AND d.finished_at < begins.at[array_length(begins.at, 1)]
    AND scope.during @> d.finished_at OFFSET 0) AS d
GROUP BY scope.n, month
UNION ALL
SELECT scope.n, 0, 0, microseconds(min(first.finished_at))
FROM scope CROSS JOIN LATERAL (
  SELECT d.finished_at FROM deployment d WHERE d.service = scope.service AND d.environment = scope.environment AND scope.during @> d.finished_at
  ORDER BY d.finished_at LIMIT 1) AS first
GROUP BY scope.n
