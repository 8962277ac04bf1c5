-- Returns the production incidents that the hotfixes $1 (ids) fix: those that a hotfix names, and those that are attributed to the
-- change that it remedies and were open when it started.
SELECT r.by, true AS is_named, i.severity, i.facts->>'cause' AS cause, microseconds(i.detected_at) AS detected_at, i.source, i.subject
FROM remedy r JOIN incident i ON i.source = r.incident_source AND i.subject = r.incident_subject
WHERE r.by = ANY ($1::text[]) AND r.incident_subject IS NOT NULL AND i.production
UNION
SELECT r.by, false, i.severity, i.facts->>'cause', microseconds(i.detected_at), i.source, i.subject
FROM remedy r JOIN incident i ON i.blamed = r.change AND i.stretches @> r.started_at
WHERE r.by = ANY ($1::text[]) AND r.change IS NOT NULL AND i.production
ORDER BY by, source, subject, is_named
