-- Returns the stored rows of the given incidents ($1, $2: source, subject).
SELECT {{> _incident}}
FROM unnest($1::text[], $2::text[]) AS t (source, subject)
CROSS JOIN LATERAL (SELECT * FROM incident i WHERE i.source = t.source AND i.subject = t.subject OFFSET 0) AS i
