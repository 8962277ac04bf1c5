-- The incidents that the given hotfixes answer: those that they name, and those that blame what they remedy and were open
-- at their start.
SELECT r.by, true AS is_named, i.severity, i.facts->>'cause' AS cause, microseconds(i.detected_at) AS detected_at, i.source, i.subject
FROM remedy r JOIN incident i ON i.source = r.incident_source AND i.subject = r.incident_subject
WHERE r.by = ANY ($1::text[]) AND r.incident_subject IS NOT NULL AND i.production
UNION
SELECT r.by, false, i.severity, i.facts->>'cause', microseconds(i.detected_at), i.source, i.subject
FROM remedy r JOIN incident i ON i.blamed = r.change AND i.stretches @> r.started_at
WHERE r.by = ANY ($1::text[]) AND r.change IS NOT NULL AND i.production
ORDER BY by, source, subject, is_named
