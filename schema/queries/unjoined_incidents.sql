-- The number of incidents in production that joined none, for each given source ($1); these sources let none in.
SELECT s.source, count(n.subject) AS incidents
FROM unnest($1::text[]) AS s (source)
LEFT JOIN incident_name n ON n.source = s.source AND n.is_production AND NOT n.is_let_in
  AND NOT EXISTS (SELECT FROM incident_member m WHERE m.subject = n.subject AND m.source = n.source)
GROUP BY s.source ORDER BY s.source
