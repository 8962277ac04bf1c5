-- Counts of deployments that finished in a period: $1 labels, $2 begins, $3 ends (half-open) of the periods; $4 to $7
-- number, service, environment and time of the places that make up each scope. One row per scope and period, zeros included;
-- a quantile over nothing is null.
{{> _asked}}
SELECT scope.n, period.label, counted.*
FROM scope CROSS JOIN period
-- Scope by scope: grouped afterwards, all of their rows would be sorted. And an array that is not a parameter counts as ten
-- places, for which the planner looks into the index; for many it would rather read the whole table.
CROSS JOIN LATERAL (
  SELECT count(*) FILTER (WHERE d.kind = 'planned')  AS planned,
         count(*) FILTER (WHERE d.kind = 'hotfix')   AS hotfix,
         count(*) FILTER (WHERE d.kind = 'rollback') AS rollback,
         count(*) FILTER (WHERE d.kind = 'redeploy') AS redeploy,
         count(*) FILTER (WHERE d.state = 'failed')  AS failed
  FROM unnest(scope.services, scope.environments, scope.during) AS place (service, environment, during)
  JOIN deployment d ON d.service = place.service AND d.environment = place.environment
   AND d.finished_at >= greatest(period.begins, lower(place.during)) AND d.finished_at < least(period.ends, upper(place.during))) AS counted
