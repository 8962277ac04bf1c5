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
  FROM scope CROSS JOIN LATERAL (  -- OFFSET: incidents.sql
    SELECT * FROM deployment d
    WHERE d.service = scope.service AND d.environment = scope.environment AND d.kind = 'hotfix'
      AND d.finished_at >= scope.horizon AND d.finished_at < scope.now OFFSET 0) AS d
), incident AS (
  SELECT scope.n, count(DISTINCT (i.source, i.subject)) AS overdue
  FROM scope CROSS JOIN LATERAL (  -- OFFSET: incidents.sql
    SELECT * FROM incident i
    WHERE i.service = scope.service AND i.environment = scope.environment AND i.production
      AND i.severity IN (1, 2) AND i.resolved_at >= scope.horizon AND i.resolved_at < scope.due OFFSET 0) AS i
  WHERE coalesce((i.facts ->> 'review_held_at')::timestamptz > scope.now, true)
  GROUP BY scope.n
), owing AS (
  SELECT n, count(*) FILTER (WHERE unmerged) AS unmerged, min(finished_at) FILTER (WHERE unmerged) AS unmerged_since,
         count(*) FILTER (WHERE overdue) AS overdue
  FROM hotfix GROUP BY n
)
SELECT n, coalesce(owing.unmerged, 0) AS unmerged, extract(epoch FROM owing.unmerged_since)::float8 AS unmerged_since,
       coalesce(owing.overdue, 0) + coalesce(incident.overdue, 0) AS overdue_reviews
FROM (SELECT DISTINCT n FROM scope) AS s LEFT JOIN owing USING (n) LEFT JOIN incident USING (n)
