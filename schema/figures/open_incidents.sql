-- Incidents that are open at $5, and the start of the oldest in seconds since the epoch: $1 to $4 scope number, service,
-- environment and time range of each scope's targets.
SELECT scope.n, count(DISTINCT (i.source, i.subject)) FILTER (WHERE i.source IS NOT NULL) AS open,
       extract(epoch FROM min(i.started_at))::float8 AS open_since
FROM unnest($1::int[], $2::text[], $3::text[], $4::text[]::tstzrange[]) AS scope (n, service, environment, during)
LEFT JOIN incident i ON i.service = scope.service AND i.environment = scope.environment AND i.production
 AND (i.resolved_at IS NULL OR i.resolved_at > $5::timestamptz) AND i.stretches @> $5::timestamptz AND scope.during @> $5::timestamptz
GROUP BY scope.n
