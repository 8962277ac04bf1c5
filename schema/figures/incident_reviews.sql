-- Reviews of severe incidents that are overdue at $5: due $7 seconds after the resolution, of those resolved no longer than $6
-- seconds before (figures.md 9). Of a past instant: what had not been done by then.
-- $1 to $4 number, service, environment and time of the places that make up each scope: afterwards nothing is left to be done.
WITH scope AS (
  SELECT *, $5::timestamptz AS now, $5::timestamptz - make_interval(secs => $6::float8) AS horizon,
         $5::timestamptz - make_interval(secs => $7::float8) AS due
  FROM unnest($1::int[], $2::text[], $3::text[], $4::text[]::tstzrange[]) AS scope (n, service, environment, during)
)
SELECT scope.n, count(DISTINCT (i.source, i.subject)) FILTER (WHERE i.source IS NOT NULL
         AND coalesce((i.facts ->> 'review_held_at')::timestamptz > scope.now, true)) AS overdue_incident_reviews
FROM scope LEFT JOIN LATERAL (  -- OFFSET: incidents.sql
  SELECT * FROM incident i
  WHERE i.service = scope.service AND i.environment = scope.environment AND i.production
    AND i.severity IN (1, 2) AND scope.during @> scope.now AND i.resolved_at >= scope.horizon AND i.resolved_at < scope.due OFFSET 0) AS i ON true
GROUP BY scope.n
