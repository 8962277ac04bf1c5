-- Coverage of the incidents of the last 90 days (figures.md 16), as counts: incidents with known people, severe incidents whose review is
-- tracked, services that an incident source knows (by an alias in the configuration, or because it has reported the service).
{{> _tracked}}
SELECT scope.n, count(DISTINCT (i.source, i.subject)) FILTER (WHERE i.source IS NOT NULL) AS recent_incidents,
       count(DISTINCT (i.source, i.subject)) FILTER (WHERE i.has_people) AS people_known,
       count(DISTINCT (i.source, i.subject)) FILTER (WHERE i.severity IN (1, 2) AND {{> _has_reviews}}) AS incident_reviews_of,
       count(DISTINCT (i.source, i.subject)) FILTER (WHERE i.severity IN (1, 2) AND scope.reviews_since <= scope.now
         AND coalesce(i.resolved_at, scope.now) >= scope.reviews_since - scope.review_due) AS incident_reviews_tracked,
       count(DISTINCT scope.service) FILTER (WHERE scope.has_source OR named.once) AS incident_known
FROM scope
CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM incident x WHERE x.service = scope.service) AS once) AS named
LEFT JOIN LATERAL (  -- OFFSET: incidents.sql
  SELECT i.source, i.subject, i.severity, i.resolved_at,
         EXISTS (SELECT FROM engagement e WHERE e.source = i.source AND e.subject = i.subject AND e.thing = 'incident' AND e.method <> 'duration') AS has_people
  FROM incident i
  WHERE i.service = scope.service AND i.environment = scope.environment AND i.production
    AND i.started_at >= greatest(scope.begins, lower(scope.during)) AND i.started_at < least(scope.now, upper(scope.during)) OFFSET 0) AS i ON true
GROUP BY scope.n
