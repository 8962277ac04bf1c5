-- For each given source ($1), which only adds to incidents of other sources: the number of its production incidents that matched none.
SELECT s.source, count(n.subject) AS incidents
FROM unnest($1::text[]) AS s (source)
LEFT JOIN incident_name n ON n.source = s.source AND n.is_production AND NOT n.is_let_in
  AND NOT EXISTS (SELECT FROM incident_member m WHERE m.subject = n.subject AND m.source = n.source)
GROUP BY s.source ORDER BY s.source
