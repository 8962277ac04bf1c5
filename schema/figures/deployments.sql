-- Counts of deployments over periods: $1 labels, $2 begins, $3 ends (half-open); $4, $5 the places.
-- One row per place and period, zeros included.
SELECT place.service, place.environment, period.label,
       count(*) FILTER (WHERE d.kind = 'planned')  AS planned,
       count(*) FILTER (WHERE d.kind = 'hotfix')   AS hotfix,
       count(*) FILTER (WHERE d.kind = 'rollback') AS rollback,
       count(*) FILTER (WHERE d.kind = 'redeploy') AS redeploy,
       count(*) FILTER (WHERE d.state = 'failed')  AS failed,
       count(*) FILTER (WHERE d.is_change AND d.kind = 'planned') AS planned_changes,
       count(*) FILTER (WHERE d.is_change AND d.kind = 'hotfix')  AS hotfix_changes,
       count(d.rolled_back_by) AS rolled_back
FROM unnest($4::text[], $5::text[]) AS place (service, environment)
CROSS JOIN unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) AS period (label, begins, ends)
LEFT JOIN deployment d
  ON d.service = place.service AND d.environment = place.environment
 AND d.finished_at >= period.begins AND d.finished_at < period.ends
GROUP BY place.service, place.environment, period.label
