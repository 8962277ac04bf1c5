-- Changes that finished in a period (figures.md 7), durations in seconds: $1 labels, $2 begins, $3 ends (half-open) of the periods; $4
-- to $7 scope number, service, environment and time range of each scope's targets. One row per scope and period, including zeros; a
-- quantile without observations is null.
{{> _asked}}
SELECT scope.n, period.label, counted.*
FROM scope CROSS JOIN period
CROSS JOIN LATERAL (  -- scope by scope: deployments.sql
  SELECT count(*) FILTER (WHERE c.kind = 'planned') AS planned_changes,
         count(*) FILTER (WHERE c.kind = 'hotfix') AS hotfix_changes,
         count(c.rolled_back_by) FILTER (WHERE c.failed) AS rolled_back,
         count(*) FILTER (WHERE c.failed AND c.kind = 'planned') AS failed_planned,
         count(*) FILTER (WHERE c.failed AND c.kind = 'hotfix') AS failed_hotfix,
         count(*) FILTER (WHERE c.failed AND c.issue <= extract(epoch FROM interval '1 hour')) AS issue_within_1h,
         count(*) FILTER (WHERE c.failed AND c.issue <= extract(epoch FROM interval '24 hours')) AS issue_within_24h,
         count(*) FILTER (WHERE c.failed AND c.issue <= extract(epoch FROM interval '48 hours')) AS issue_within_48h,
         count(*) FILTER (WHERE c.failed AND c.issue <= extract(epoch FROM interval '7 days')) AS issue_within_7d,
         count(c.issue) AS issue_n,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY c.issue) AS issue_p50,
         percentile_cont(0.9) WITHIN GROUP (ORDER BY c.issue) AS issue_p90,
         count(c.recovery) AS recovery_n,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY c.recovery) AS recovery_p50,
         percentile_cont(0.9) WITHIN GROUP (ORDER BY c.recovery) AS recovery_p90,
         count(c.recovery) FILTER (WHERE c.first_remedy = 'rollback') AS recovery_rollback_n,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY c.recovery) FILTER (WHERE c.first_remedy = 'rollback') AS recovery_rollback_p50,
         percentile_cont(0.9) WITHIN GROUP (ORDER BY c.recovery) FILTER (WHERE c.first_remedy = 'rollback') AS recovery_rollback_p90,
         count(c.recovery) FILTER (WHERE c.first_remedy = 'hotfix') AS recovery_hotfix_n,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY c.recovery) FILTER (WHERE c.first_remedy = 'hotfix') AS recovery_hotfix_p50,
         percentile_cont(0.9) WITHIN GROUP (ORDER BY c.recovery) FILTER (WHERE c.first_remedy = 'hotfix') AS recovery_hotfix_p90,
         count(c.recovery) FILTER (WHERE c.first_remedy = 'flag') AS recovery_flag_n,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY c.recovery) FILTER (WHERE c.first_remedy = 'flag') AS recovery_flag_p50,
         percentile_cont(0.9) WITHIN GROUP (ORDER BY c.recovery) FILTER (WHERE c.first_remedy = 'flag') AS recovery_flag_p90,
         count(c.recovery) FILTER (WHERE c.first_remedy IS NULL) AS recovery_none_n,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY c.recovery) FILTER (WHERE c.first_remedy IS NULL) AS recovery_none_p50,
         percentile_cont(0.9) WITHIN GROUP (ORDER BY c.recovery) FILTER (WHERE c.first_remedy IS NULL) AS recovery_none_p90,
         count(c.lead) AS lead_n,
         percentile_cont(0.5) WITHIN GROUP (ORDER BY c.lead) AS lead_p50,
         percentile_cont(0.9) WITHIN GROUP (ORDER BY c.lead) AS lead_p90
  FROM (  -- OFFSET prevents that each duration is computed again for each of its columns
    SELECT d.kind, d.rolled_back_by, d.failed, d.first_remedy,
           CASE WHEN d.failed AND d.issue_at IS NOT NULL THEN greatest(0, date_part('epoch', d.issue_at - coalesce(d.issue_since, d.finished_at))) END AS issue,
           CASE WHEN d.recovered_at IS NOT NULL THEN greatest(0, date_part('epoch', d.recovered_at - coalesce(d.issue_since, d.finished_at))) END AS recovery,
           CASE WHEN d.first_commit_at IS NOT NULL THEN greatest(0, date_part('epoch', d.finished_at - d.first_commit_at)) END AS lead
    FROM unnest(scope.services, scope.environments, scope.during) AS place (service, environment, during)
    JOIN deployment d ON d.service = place.service AND d.environment = place.environment
     AND d.finished_at >= greatest(period.begins, lower(place.during)) AND d.finished_at < least(period.ends, upper(place.during))
    WHERE d.is_change OFFSET 0) AS c) AS counted
