-- Hotfixes that finished in a period, durations in seconds: $1 labels, $2 begins, $3 ends (half-open) of the periods; $4 to $7
-- scope number, service, environment and time range of each scope's targets; $8 the response target. One row per scope and
-- period, including zeros; a quantile without observations is null.
{{> _asked}}
SELECT scope.n, period.label, counted.*
FROM scope CROSS JOIN period
CROSS JOIN LATERAL (  -- scope by scope: deployments.sql
  SELECT count(*) FILTER (WHERE NOT h.is_justified) AS unjustified,
         count(*) FILTER (WHERE NOT h.is_attributed) AS unattributed,
         count(*) FILTER (WHERE h.response <= $8::float8) AS response_in_target,
         count(h.response) AS response_n,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY h.response) AS response_p50,
         percentile_cont(0.9) WITHIN GROUP (ORDER BY h.response) AS response_p90,
         count(h.size) AS size_n,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY h.size) AS size_p50,
         percentile_cont(0.9) WITHIN GROUP (ORDER BY h.size) AS size_p90
  FROM (  -- OFFSET: changes.sql
    SELECT d.is_justified, d.is_attributed, d.lines_changed::float8 AS size,
           CASE WHEN d.response_from IS NOT NULL THEN greatest(0, date_part('epoch', coalesce(d.response_until, d.finished_at) - d.response_from)) END AS response
    FROM unnest(scope.services, scope.environments, scope.during) AS place (service, environment, during)
    JOIN deployment d ON d.service = place.service AND d.environment = place.environment
     AND d.finished_at >= greatest(period.begins, lower(place.during)) AND d.finished_at < least(period.ends, upper(place.during))
    WHERE d.kind = 'hotfix' OFFSET 0) AS h) AS counted
