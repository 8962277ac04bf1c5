-- Incidents that started in a period, durations in seconds: $1 labels, $2 begins, $3 ends (half-open) of the periods; $4 to $7
-- scope number, service, environment and time range of each scope's targets. One row per scope and period, including zeros; a
-- quantile without observations is null.
WITH period AS (
  SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) AS period (label, begins, ends)
), scope AS (
  SELECT * FROM unnest($4::int[], $5::text[], $6::text[], $7::text[]::tstzrange[]) AS scope (n, service, environment, during)
), told AS (
  -- an incident of several services of a scope counts once; it is attributed if it is in one of them
  SELECT DISTINCT ON (scope.n, period.label, i.source, i.subject) scope.n, period.label, i.source, i.severity, i.reason, i.decided_way, i.recommended,
         i.is_against_policy, i.is_closed_too_early,
         CASE WHEN i.restored_at IS NOT NULL
              THEN greatest(0, extract(epoch FROM i.restored_at - i.started_at))::float8 END AS restore,
         CASE WHEN i.decided_at IS NOT NULL
              THEN greatest(0, extract(epoch FROM i.decided_at - i.detected_at))::float8 END AS decision
  FROM scope CROSS JOIN period
  CROSS JOIN LATERAL (  -- OFFSET 0 keeps the planner from reading the whole table for many places
    SELECT * FROM incident i
    WHERE i.service = scope.service AND i.environment = scope.environment AND i.production
      AND i.started_at >= greatest(period.begins, lower(scope.during)) AND i.started_at < least(period.ends, upper(scope.during)) OFFSET 0) AS i
  ORDER BY scope.n, period.label, i.source, i.subject, i.blamed NULLS LAST, i.service
)
SELECT scope.n, period.label,
       count(*) FILTER (WHERE i.severity = 1) AS severity_1,
       count(*) FILTER (WHERE i.severity = 2) AS severity_2,
       count(*) FILTER (WHERE i.severity = 3) AS severity_3,
       count(*) FILTER (WHERE i.severity = 4) AS severity_4,
       count(*) FILTER (WHERE i.severity = 5) AS severity_5,
       count(*) FILTER (WHERE i.source IS NOT NULL AND i.severity IS NULL) AS severity_unknown,
       count(*) FILTER (WHERE i.reason = 'no_deployment') AS no_deployment,
       count(*) FILTER (WHERE i.reason = 'outside_window') AS outside_window,
       count(*) FILTER (WHERE i.reason = 'culprit_unknown') AS culprit_unknown,
       count(*) FILTER (WHERE i.reason = 'no_service') AS no_service,
       count(*) FILTER (WHERE i.reason = 'not_a_change') AS not_a_change,
       count(*) FILTER (WHERE i.reason = 'failed_deployment') AS failed_deployment,
       count(*) FILTER (WHERE i.is_against_policy) AS against_policy,
       count(*) FILTER (WHERE i.is_closed_too_early) AS closed_too_early,
       count(*) FILTER (WHERE i.recommended = 'rollback') AS recommended_rollback,
       count(*) FILTER (WHERE i.recommended = 'hotfix') AS recommended_hotfix,
       count(*) FILTER (WHERE i.recommended = 'flag') AS recommended_flag,
       count(*) FILTER (WHERE i.recommended = 'watch') AS recommended_watch,
       count(*) FILTER (WHERE i.decided_way = 'rollback') AS taken_rollback,
       count(*) FILTER (WHERE i.decided_way = 'hotfix') AS taken_hotfix,
       count(*) FILTER (WHERE i.decided_way = 'flag') AS taken_flag,
       count(*) FILTER (WHERE i.source IS NOT NULL AND i.decided_way IS NULL) AS taken_none,
       count(i.restore) AS restore_n,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY i.restore) AS restore_p50,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY i.restore) AS restore_p90,
       count(i.decision) AS decision_n,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY i.decision) AS decision_p50,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY i.decision) AS decision_p90,
       count(i.decision) FILTER (WHERE i.decided_way = 'rollback') AS decision_rollback_n,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY i.decision) FILTER (WHERE i.decided_way = 'rollback') AS decision_rollback_p50,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY i.decision) FILTER (WHERE i.decided_way = 'rollback') AS decision_rollback_p90,
       count(i.decision) FILTER (WHERE i.decided_way = 'hotfix') AS decision_hotfix_n,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY i.decision) FILTER (WHERE i.decided_way = 'hotfix') AS decision_hotfix_p50,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY i.decision) FILTER (WHERE i.decided_way = 'hotfix') AS decision_hotfix_p90,
       count(i.decision) FILTER (WHERE i.decided_way = 'flag') AS decision_flag_n,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY i.decision) FILTER (WHERE i.decided_way = 'flag') AS decision_flag_p50,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY i.decision) FILTER (WHERE i.decided_way = 'flag') AS decision_flag_p90
FROM (SELECT DISTINCT n FROM scope) AS scope CROSS JOIN period
LEFT JOIN told i ON i.n = scope.n AND i.label = period.label
GROUP BY scope.n, period.label
