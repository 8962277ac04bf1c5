-- The incidents behind the columns of incidents.sql in one period: a boolean for each count, seconds for each duration. $1
-- begin, $2 end, $3 to $5 service, environment and time range of the targets; $6 horizon of reviews before the end, $7 time until a
-- review is due, in seconds; $8 start of the tracking of each target's reviews. A test compares the members with the counts.
SELECT to_jsonb(m) AS member FROM (
  SELECT DISTINCT ON (i.source, i.subject) i.id, i.source, i.subject, i.service, i.environment, i.started_at, i.state, i.reason, i.blamed,
         i.facts->>'title' AS title,
         i.severity IS NOT DISTINCT FROM 1 AS severity_1,
         i.severity IS NOT DISTINCT FROM 2 AS severity_2,
         i.severity IS NOT DISTINCT FROM 3 AS severity_3,
         i.severity IS NOT DISTINCT FROM 4 AS severity_4,
         i.severity IS NOT DISTINCT FROM 5 AS severity_5,
         i.severity IS NULL AS severity_unknown,
         i.reason = 'no_deployment' AS no_deployment,
         i.reason = 'outside_window' AS outside_window,
         i.reason = 'culprit_unknown' AS culprit_unknown,
         i.reason = 'no_service' AS no_service,
         i.reason = 'not_a_change' AS not_a_change,
         i.reason = 'failed_deployment' AS failed_deployment,
         i.stretches @> $2::timestamptz AND scope.during @> $2::timestamptz AS open,
         i.severity IN (1, 2) AND coalesce((i.facts ->> 'review_held_at')::timestamptz > $2::timestamptz, true)
           AND i.resolved_at >= $2::timestamptz - make_interval(secs => $6::float8)
           AND i.resolved_at < $2::timestamptz - make_interval(secs => $7::float8) AND scope.during @> $2::timestamptz
           AND coalesce(scope.reviews_since <= $2::timestamptz AND i.resolved_at >= scope.reviews_since - make_interval(secs => $7::float8), false) AS overdue_incident_reviews,
         is_recent AS recent_incidents, is_recent AND i.severity IN (1, 2) AND {{> _has_reviews}} AS incident_reviews_of,
         is_recent AND i.severity IN (1, 2) AND coalesce(scope.reviews_since <= $2::timestamptz
           AND coalesce(i.resolved_at, $2::timestamptz) >= scope.reviews_since - make_interval(secs => $7::float8), false) AS incident_reviews_tracked,
         is_recent AND EXISTS (SELECT FROM engagement e WHERE e.source = i.source AND e.subject = i.subject AND e.thing = 'incident'
                                                          AND e.method <> 'duration') AS people_known,
         i.is_against_policy AS against_policy, i.is_closed_too_early AS closed_too_early,
         i.recommended IS NOT DISTINCT FROM 'rollback' AS recommended_rollback,
         i.recommended IS NOT DISTINCT FROM 'hotfix' AS recommended_hotfix,
         i.recommended IS NOT DISTINCT FROM 'flag' AS recommended_flag,
         i.recommended IS NOT DISTINCT FROM 'watch' AS recommended_watch,
         i.decided_way IS NOT DISTINCT FROM 'rollback' AS taken_rollback,
         i.decided_way IS NOT DISTINCT FROM 'hotfix' AS taken_hotfix,
         i.decided_way IS NOT DISTINCT FROM 'flag' AS taken_flag,
         i.decided_way IS NULL AS taken_none, i.recommended, i.decided_way,
         restore.s AS restore, decision.s AS decision,
         CASE WHEN i.decided_way = 'rollback' THEN decision.s END AS decision_rollback,
         CASE WHEN i.decided_way = 'hotfix' THEN decision.s END AS decision_hotfix,
         CASE WHEN i.decided_way = 'flag' THEN decision.s END AS decision_flag
  FROM unnest($3::text[], $4::text[], $5::text[]::tstzrange[], $8::timestamptz[]) AS scope (service, environment, during, reviews_since)
  JOIN incident i ON i.service = scope.service AND i.environment = scope.environment AND i.production
   AND i.started_at >= $1::timestamptz AND i.started_at < $2::timestamptz AND scope.during @> i.started_at
  CROSS JOIN LATERAL (SELECT i.started_at >= $2::timestamptz - interval '90 days' AS is_recent) AS recent
  CROSS JOIN LATERAL (
    SELECT CASE WHEN i.restored_at IS NOT NULL THEN greatest(0, extract(epoch FROM i.restored_at - i.started_at)) END AS s) AS restore
  CROSS JOIN LATERAL (
    SELECT CASE WHEN i.decided_at IS NOT NULL THEN greatest(0, extract(epoch FROM i.decided_at - i.detected_at)) END AS s) AS decision
  ORDER BY i.source, i.subject, i.blamed NULLS LAST, i.service
) AS m
ORDER BY m.started_at, m.source, m.subject
