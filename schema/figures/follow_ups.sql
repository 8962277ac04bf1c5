-- Open follow-ups of hotfixes within the horizon (figures.md 9): hotfixes not merged back, the finish of the oldest of them in seconds
-- since the epoch, and overdue reviews. Only tracked follow-ups count. For a past instant: follow-ups that were open then. A retired
-- service has none.
{{> _tracked}}, hotfix AS (
  SELECT scope.n, d.finished_at,
         coalesce(d.finished_at >= since.merges - scope.merge_due AND since.merges <= scope.now, false)
         AND d.owes_merge AND coalesce(d.merged_back_at > scope.now, true)
         AND (d.rolled_back_by IS NULL OR (SELECT r.finished_at > scope.now FROM deployment r WHERE r.id = d.rolled_back_by)) AS unmerged,
         coalesce(d.finished_at >= scope.reviews_since - scope.review_due AND scope.reviews_since <= scope.now, false)
         AND d.finished_at < scope.now - scope.review_due AND coalesce((d.facts ->> 'review_held_at')::timestamptz > scope.now, true) AS overdue
  FROM scope CROSS JOIN LATERAL (  -- OFFSET: incidents.sql
    SELECT * FROM deployment d
    WHERE d.service = scope.service AND d.environment = scope.environment AND d.kind = 'hotfix'
      AND scope.during @> scope.now AND d.finished_at >= greatest(scope.horizon, lower(scope.during)) AND d.finished_at < scope.now OFFSET 0) AS d
  CROSS JOIN LATERAL (SELECT {{> _merges_since}} AS merges) AS since
), owing AS (
  SELECT n, count(*) FILTER (WHERE unmerged) AS unmerged, min(finished_at) FILTER (WHERE unmerged) AS unmerged_since,
         count(*) FILTER (WHERE overdue) AS overdue
  FROM hotfix GROUP BY n
)
SELECT n, coalesce(owing.unmerged, 0) AS unmerged, extract(epoch FROM owing.unmerged_since)::float8 AS unmerged_since,
       coalesce(owing.overdue, 0) AS overdue_hotfix_reviews
FROM (SELECT DISTINCT n FROM scope) AS s LEFT JOIN owing USING (n)
