-- Incidents that are open at $4, and since when the oldest is, in seconds since the epoch: $1, $2, $3 number, service and
-- environment of the places that make up each scope.
SELECT scope.n, count(DISTINCT (i.source, i.subject)) FILTER (WHERE i.source IS NOT NULL) AS open,
       extract(epoch FROM min(i.started_at))::float8 AS open_since
FROM unnest($1::int[], $2::text[], $3::text[]) AS scope (n, service, environment)
LEFT JOIN incident i ON i.service = scope.service AND i.environment = scope.environment AND i.production
 AND (i.resolved_at IS NULL OR i.resolved_at > $4::timestamptz) AND i.stretches @> $4::timestamptz
GROUP BY scope.n
