-- The deployments behind the columns of deployments.sql, changes.sql and hotfixes.sql in one period: a boolean for each
-- count, seconds for each duration. $1 begin, $2 end, $3 to $5 service, environment and time range of the targets, $6 the
-- target in seconds, $7 the known causes; $8 horizon of follow-ups, $9, $10 time until a review and a merge-back are due, in seconds;
-- for each target: $11 start of the tracking of its reviews, $12 of merge-backs that deployments report themselves. A test compares the
-- members with the counts.
SELECT to_jsonb(m) AS member FROM (
  SELECT d.id, d.source, d.subject, d.service, d.environment, d.version, d.finished_at, d.state, d.kind, d.kind_reason, d.kind_evidence,
         d.kind IS NOT DISTINCT FROM 'planned' AS planned, d.kind IS NOT DISTINCT FROM 'hotfix' AS hotfix,
         d.kind IS NOT DISTINCT FROM 'rollback' AS rollback, d.kind IS NOT DISTINCT FROM 'redeploy' AS redeploy,
         d.state = 'failed' AS failed,
         d.is_change AND d.kind = 'planned' AS planned_changes, d.is_change AND d.kind = 'hotfix' AS hotfix_changes,
         d.rolled_back_by IS NOT NULL AND d.failed AS rolled_back,
         d.failed AND d.kind = 'planned' AS failed_planned, d.failed AND d.kind = 'hotfix' AS failed_hotfix,
         coalesce(issue.s <= 3600, false) AS issue_within_1h, coalesce(issue.s <= 86400, false) AS issue_within_24h,
         coalesce(issue.s <= 172800, false) AS issue_within_48h, coalesce(issue.s <= 604800, false) AS issue_within_7d,
         issue.s AS issue, recovery.s AS recovery,
         CASE WHEN d.first_remedy = 'rollback' THEN recovery.s END AS recovery_rollback,
         CASE WHEN d.first_remedy = 'hotfix' THEN recovery.s END AS recovery_hotfix,
         CASE WHEN d.first_remedy = 'flag' THEN recovery.s END AS recovery_flag,
         CASE WHEN d.first_remedy IS NULL THEN recovery.s END AS recovery_none,
         CASE WHEN d.is_change AND d.first_commit_at IS NOT NULL
              THEN greatest(0, extract(epoch FROM d.finished_at - d.first_commit_at)) END AS lead,
         response.s AS response, response.s IS NOT NULL AS response_n, coalesce(response.s <= $6::float8, false) AS response_in_target,
         d.kind = 'hotfix' AND d.owes_merge AND coalesce(d.merged_back_at > $2::timestamptz, true)
           AND (d.rolled_back_by IS NULL OR (SELECT r.finished_at > $2::timestamptz FROM deployment r WHERE r.id = d.rolled_back_by))
           AND tracked.merge AND is_owing AS unmerged,
         d.kind = 'hotfix' AND coalesce((d.facts ->> 'review_held_at')::timestamptz > $2::timestamptz, true)
           AND d.finished_at < $2::timestamptz - make_interval(secs => $9::float8) AND tracked.review AND is_owing AS overdue_hotfix_reviews,
         is_recent AND d.commit_known AS commit_known, is_recent AS commit_of, is_recent AND tracked.merge AS merge_known,
         is_recent AND d.kind = 'hotfix' AS recent_hotfixes, is_recent AND d.kind = 'hotfix' AND {{> _has_reviews}} AS hotfix_reviews_of,
         is_recent AND d.kind = 'hotfix' AND coalesce(d.cause, 'unknown') <> 'unknown' AS cause_known,
         is_recent AND d.kind = 'hotfix' AND tracked.review AS hotfix_reviews_tracked,
         d.kind = 'hotfix' AND NOT d.is_justified AS unjustified, d.kind = 'hotfix' AND NOT d.is_attributed AS unattributed,
         CASE WHEN d.kind = 'hotfix' THEN d.lines_changed END AS size,
         CASE WHEN d.kind = 'hotfix' THEN ARRAY(
           SELECT 'cause:' || CASE WHEN coalesce(d.cause, 'unknown') = 'unknown' THEN 'unknown' WHEN d.cause = ANY ($7::text[]) THEN d.cause ELSE 'other' END
           UNION ALL SELECT 'justification:' || coalesce(d.facts->>'justification', 'none')
           UNION ALL SELECT 'with:' || unnest(d.done)) END AS keys
  FROM unnest($3::text[], $4::text[], $5::text[]::tstzrange[], $11::timestamptz[], $12::timestamptz[])
    AS scope (service, environment, during, reviews_since, merges_since)
  JOIN deployment d ON d.service = scope.service AND d.environment = scope.environment
   AND d.finished_at >= $1::timestamptz AND d.finished_at < $2::timestamptz AND scope.during @> d.finished_at
  CROSS JOIN LATERAL (SELECT {{> _merges_since}} AS merges) AS since
  CROSS JOIN LATERAL (
    SELECT coalesce(since.merges <= $2::timestamptz AND d.finished_at >= since.merges - make_interval(secs => $10::float8), false) AS merge,
           coalesce(scope.reviews_since <= $2::timestamptz AND d.finished_at >= scope.reviews_since - make_interval(secs => $9::float8), false) AS review,
           scope.during @> $2::timestamptz AND d.finished_at >= $2::timestamptz - make_interval(secs => $8::float8) AS is_owing,
           d.kind IN ('planned', 'hotfix', 'rollback') AND d.finished_at >= $2::timestamptz - interval '90 days' AS is_recent) AS tracked
  CROSS JOIN LATERAL (
    SELECT CASE WHEN d.failed AND d.issue_at IS NOT NULL THEN greatest(0, extract(epoch FROM d.issue_at - coalesce(d.issue_since, d.finished_at))) END AS s) AS issue
  CROSS JOIN LATERAL (
    SELECT CASE WHEN d.recovered_at IS NOT NULL THEN greatest(0, extract(epoch FROM d.recovered_at - coalesce(d.issue_since, d.finished_at))) END AS s) AS recovery
  CROSS JOIN LATERAL (
    SELECT CASE WHEN d.kind = 'hotfix' AND d.response_from IS NOT NULL
                THEN greatest(0, extract(epoch FROM coalesce(d.response_until, d.finished_at) - d.response_from)) END AS s) AS response
) AS m
ORDER BY m.finished_at, m.source, m.subject, m.service, m.environment
