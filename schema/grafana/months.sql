-- Grafana's monthly panels. $service and $environment are multi-value variables of the dashboard; $zone is the IANA time zone in which
-- months begin. Returns one row for each of the last $months months, including the current one, over all selected services together:
-- sums of sums, and quantiles of the pooled durations. Months before the first deployment have no data and no values. The definitions
-- are those of schema/figures; tests/system/test_dashboards.py compares them.
WITH month AS (
  SELECT begins AT TIME ZONE ${zone:sqlstring} AS begins, (begins + interval '1 month') AT TIME ZONE ${zone:sqlstring} AS ends
  FROM generate_series(date_trunc('month', now() AT TIME ZONE ${zone:sqlstring}) - make_interval(months => ${months} - 1),
                       date_trunc('month', now() AT TIME ZONE ${zone:sqlstring}), interval '1 month') AS begins
), known AS (
  SELECT min(first.at) AS since FROM place p CROSS JOIN LATERAL (
    SELECT min(d.finished_at) AS at FROM deployment d WHERE d.service = p.service AND d.environment = p.environment) AS first
), finished AS (
  SELECT m.begins, d.kind, d.is_change, d.failed, d.rolled_back_by,
         CASE WHEN d.is_change AND d.failed THEN greatest(0, extract(epoch FROM d.issue_at - coalesce(d.issue_since, d.finished_at))) END AS issue,
         CASE WHEN d.is_change AND d.recovered_at IS NOT NULL THEN greatest(0, extract(epoch FROM d.recovered_at - coalesce(d.issue_since, d.finished_at))) END AS recovery,
         CASE WHEN d.is_change AND d.first_commit_at IS NOT NULL THEN greatest(0, extract(epoch FROM d.finished_at - d.first_commit_at)) END AS lead
  FROM month m
  JOIN deployment d ON d.finished_at >= m.begins AND d.finished_at < m.ends AND d.state = 'succeeded'
   AND d.service IN (${service:sqlstring}) AND d.environment IN (${environment:sqlstring})
)
SELECT m.begins AS "time",
       CASE WHEN m.ends > known.since THEN count(*) FILTER (WHERE f.kind = 'planned') END AS "planned",
       CASE WHEN m.ends > known.since THEN count(*) FILTER (WHERE f.kind = 'hotfix') END AS "hotfixes",
       CASE WHEN m.ends > known.since THEN count(*) FILTER (WHERE f.kind = 'rollback') END AS "rollbacks",
       CASE WHEN m.ends > known.since THEN count(*) FILTER (WHERE f.kind IN ('planned', 'hotfix', 'rollback')) END / (extract(epoch FROM least(m.ends, now()) - m.begins) / 86400) AS "deployments per day",
       percentile_cont(0.5) WITHIN GROUP (ORDER BY f.lead) AS "lead time",
       count(*) FILTER (WHERE f.is_change AND f.failed)::float8 / nullif(count(*) FILTER (WHERE f.is_change), 0) AS "change fail rate",
       percentile_cont(0.5) WITHIN GROUP (ORDER BY f.recovery) AS "recovery time",
       count(*) FILTER (WHERE f.kind = 'hotfix')::float8 / nullif(count(*) FILTER (WHERE f.kind IN ('planned', 'hotfix', 'rollback')), 0) AS "rework rate",
       count(f.rolled_back_by) FILTER (WHERE f.is_change)::float8 / nullif(count(*) FILTER (WHERE f.is_change), 0) AS "rollback ratio",
       percentile_cont(0.5) WITHIN GROUP (ORDER BY f.issue) AS "time to issue"
FROM month m CROSS JOIN known LEFT JOIN finished f ON f.begins = m.begins
GROUP BY m.begins, m.ends, known.since
ORDER BY m.begins
