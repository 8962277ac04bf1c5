-- What is left to be done at $5 about hotfixes that finished no longer than $6 seconds before (figures.md 9): those that are not
-- merged back, and since when the oldest is, in seconds since the epoch; reviews that were due $7 seconds after the end. Of a past
-- instant: what had not been done by then.
-- $1 to $4 number, service, environment and time of the places that make up each scope: afterwards nothing is left to be done.
WITH scope AS (
  SELECT *, $5::timestamptz AS now, $5::timestamptz - make_interval(secs => $6::float8) AS horizon,
         $5::timestamptz - make_interval(secs => $7::float8) AS due
  FROM unnest($1::int[], $2::text[], $3::text[], $4::text[]::tstzrange[]) AS scope (n, service, environment, during)
), hotfix AS (
  SELECT scope.n, d.finished_at,
         d.owes_merge AND coalesce(d.merged_back_at > scope.now, true)
         AND (d.rolled_back_by IS NULL OR (SELECT r.finished_at > scope.now FROM deployment r WHERE r.id = d.rolled_back_by)) AS unmerged,
         d.finished_at < scope.due AND coalesce((d.facts ->> 'review_held_at')::timestamptz > scope.now, true) AS overdue
  FROM scope CROSS JOIN LATERAL (  -- OFFSET: incidents.sql
    SELECT * FROM deployment d
    WHERE d.service = scope.service AND d.environment = scope.environment AND d.kind = 'hotfix'
      AND scope.during @> scope.now AND d.finished_at >= greatest(scope.horizon, lower(scope.during)) AND d.finished_at < scope.now OFFSET 0) AS d
), owing AS (
  SELECT n, count(*) FILTER (WHERE unmerged) AS unmerged, min(finished_at) FILTER (WHERE unmerged) AS unmerged_since,
         count(*) FILTER (WHERE overdue) AS overdue
  FROM hotfix GROUP BY n
)
SELECT n, coalesce(owing.unmerged, 0) AS unmerged, extract(epoch FROM owing.unmerged_since)::float8 AS unmerged_since,
       coalesce(owing.overdue, 0) AS overdue_hotfix_reviews
FROM (SELECT DISTINCT n FROM scope) AS s LEFT JOIN owing USING (n)
