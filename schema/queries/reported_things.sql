-- Deployments and incidents reported since $1, the newest $2: how their sources name the service, when they began and what was deployed.
SELECT source, fields, thing AS type, microseconds(time) AS time, coalesce(commit, '') AS commit, coalesce(version, '') AS version
FROM ({{> _named_things}} AND e.time >= $1::timestamptz
  GROUP BY 1, 2, 3, 4) AS told
WHERE fields <> '{}'
ORDER BY told.time DESC, source, subject
LIMIT $2::bigint
