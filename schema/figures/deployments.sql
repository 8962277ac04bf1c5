-- Counts of deployments that finished in a period: $1 labels, $2 begins, $3 ends (half-open) of the periods; $4 to $7
-- scope number, service, environment and time range of each scope's targets. One row per scope and period, including zeros.
{{> _asked}}
SELECT scope.n, period.label, counted.*
FROM scope CROSS JOIN period
-- LATERAL, scope by scope: grouping all rows at the end would sort them. An array that is not a parameter is estimated as ten
-- targets, for which the planner uses the index; for many targets it would read the whole table.
CROSS JOIN LATERAL (
  SELECT count(*) FILTER (WHERE d.kind = 'planned')  AS planned,
         count(*) FILTER (WHERE d.kind = 'hotfix')   AS hotfix,
         count(*) FILTER (WHERE d.kind = 'rollback') AS rollback,
         count(*) FILTER (WHERE d.kind = 'redeploy') AS redeploy,
         count(*) FILTER (WHERE d.state = 'failed')  AS failed
  FROM unnest(scope.services, scope.environments, scope.during) AS place (service, environment, during)
  JOIN deployment d ON d.service = place.service AND d.environment = place.environment
   AND d.finished_at >= greatest(period.begins, lower(place.during)) AND d.finished_at < least(period.ends, upper(place.during))) AS counted
