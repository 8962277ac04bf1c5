-- Counts of deployments that finished in a period: $1 labels, $2 begins, $3 ends (half-open) of the periods; $4, $5, $6
-- number, service and environment of the places that make up each scope. One row per scope and period, zeros included;
-- a quantile over nothing is null.
WITH period AS (
  SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) AS period (label, begins, ends)
), scope AS (
  SELECT * FROM unnest($4::int[], $5::text[], $6::text[]) AS scope (n, service, environment)
)
SELECT scope.n, period.label,
       count(*) FILTER (WHERE d.kind = 'planned')  AS planned,
       count(*) FILTER (WHERE d.kind = 'hotfix')   AS hotfix,
       count(*) FILTER (WHERE d.kind = 'rollback') AS rollback,
       count(*) FILTER (WHERE d.kind = 'redeploy') AS redeploy,
       count(*) FILTER (WHERE d.state = 'failed')  AS failed
FROM scope CROSS JOIN period
LEFT JOIN LATERAL (  -- OFFSET: for many places the planner would rather read the whole table
  SELECT * FROM deployment d
  WHERE d.service = scope.service AND d.environment = scope.environment
    AND d.finished_at >= period.begins AND d.finished_at < period.ends OFFSET 0) AS d ON true
GROUP BY scope.n, period.label
