-- Overdue and tracked reviews of severe incidents that were resolved within the horizon (figures.md 9, 16). For a past
-- instant: reviews that were overdue then.
{{> _tracked}}
SELECT scope.n, count(DISTINCT (i.source, i.subject)) FILTER (WHERE i.source IS NOT NULL
         AND coalesce((i.facts ->> 'review_held_at')::timestamptz > scope.now, true)) AS overdue_incident_reviews
FROM scope LEFT JOIN LATERAL (  -- OFFSET: incidents.sql
  SELECT * FROM incident i
  WHERE i.service = scope.service AND i.environment = scope.environment AND i.production
    AND i.severity IN (1, 2) AND scope.during @> scope.now AND i.resolved_at >= scope.horizon AND i.resolved_at < scope.now - scope.review_due
    AND scope.reviews_since <= scope.now AND i.resolved_at >= scope.reviews_since - scope.review_due OFFSET 0) AS i ON true
GROUP BY scope.n
