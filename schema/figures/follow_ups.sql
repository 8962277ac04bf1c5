-- What is left to be done at $4 about what finished no longer than $5 seconds before (figures.md 9): hotfixes that are not
-- merged back, and since when the oldest is, in seconds since the epoch; reviews that were due $6 seconds after the end. Of a past
-- instant: what had not been done by then.
-- $1, $2, $3 number, service and environment of the places that make up each scope.
WITH scope AS (
  SELECT *, $4::timestamptz AS now, $4::timestamptz - make_interval(secs => $5::float8) AS horizon,
         $4::timestamptz - make_interval(secs => $6::float8) AS due
  FROM unnest($1::int[], $2::text[], $3::text[]) AS scope (n, service, environment)
), hotfix AS (
  SELECT scope.n, d.finished_at,
         d.owes_merge AND coalesce(d.merged_back_at > scope.now, true)
         AND (d.rolled_back_by IS NULL OR (SELECT r.finished_at > scope.now FROM deployment r WHERE r.id = d.rolled_back_by)) AS unmerged,
         d.finished_at < scope.due AND coalesce((d.facts ->> 'review_held_at')::timestamptz > scope.now, true) AS overdue
  FROM scope CROSS JOIN LATERAL (  -- OFFSET: deployments.sql
    SELECT * FROM deployment d
    WHERE d.service = scope.service AND d.environment = scope.environment AND d.kind = 'hotfix'
      AND d.finished_at >= scope.horizon AND d.finished_at <= scope.now OFFSET 0) AS d
), incident AS (
  SELECT DISTINCT scope.n, i.source, i.subject
  FROM scope JOIN incident i ON i.service = scope.service AND i.environment = scope.environment AND i.production
   AND i.severity IN (1, 2) AND i.resolved_at >= scope.horizon AND i.resolved_at < scope.due
   AND coalesce((i.facts ->> 'review_held_at')::timestamptz > scope.now, true)
)
SELECT s.n,
       (SELECT count(*) FROM hotfix h WHERE h.n = s.n AND h.unmerged) AS unmerged,
       (SELECT extract(epoch FROM min(h.finished_at))::float8 FROM hotfix h WHERE h.n = s.n AND h.unmerged) AS unmerged_since,
       (SELECT count(*) FROM hotfix h WHERE h.n = s.n AND h.overdue) + (SELECT count(*) FROM incident i WHERE i.n = s.n) AS overdue_reviews
FROM (SELECT DISTINCT n FROM scope) AS s
