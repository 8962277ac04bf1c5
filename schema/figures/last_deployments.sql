-- When the last deployment of each kind finished, up to $5, in seconds since the epoch; null if there is none. $1 to $4
-- scope number, service, environment and time range of each scope's targets.
SELECT scope.n,
       max(extract(epoch FROM last.finished_at)::float8) FILTER (WHERE kind.name = 'planned') AS last_planned,
       max(extract(epoch FROM last.finished_at)::float8) FILTER (WHERE kind.name = 'hotfix') AS last_hotfix,
       max(extract(epoch FROM last.finished_at)::float8) FILTER (WHERE kind.name = 'rollback') AS last_rollback,
       max(extract(epoch FROM last.finished_at)::float8) FILTER (WHERE kind.name = 'redeploy') AS last_redeploy
FROM unnest($1::int[], $2::text[], $3::text[], $4::text[]::tstzrange[]) AS scope (n, service, environment, during)
CROSS JOIN unnest(ARRAY['planned', 'hotfix', 'rollback', 'redeploy']) AS kind (name)
CROSS JOIN LATERAL (
  SELECT max(d.finished_at) AS finished_at FROM deployment d
  WHERE d.service = scope.service AND d.environment = scope.environment AND d.kind = kind.name
    AND d.state = 'succeeded' AND d.finished_at <= $5::timestamptz AND scope.during @> d.finished_at) AS last
GROUP BY scope.n
