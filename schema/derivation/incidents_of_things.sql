-- The rows of the given incidents as they are stored.
SELECT {{> _incident}}
FROM unnest($1::text[], $2::text[]) AS t (source, subject)
CROSS JOIN LATERAL (SELECT * FROM incident i WHERE i.source = t.source AND i.subject = t.subject OFFSET 0) AS i
