-- What reports say of the given environments, in small letters.
INSERT INTO touched (thing, source, subject, service)
SELECT DISTINCT 'deployment', source, subject, service FROM deployment WHERE environment = ANY ($1::text[])
UNION ALL
SELECT DISTINCT 'incident', source, subject, '' FROM event
WHERE thing = 'incident' AND lower((fields->>'environment') COLLATE "C") = ANY ($1::text[])
