-- Queues the deployments and incidents that report one of the environments $1 (lower case).
INSERT INTO touched (thing, source, subject, service)
SELECT DISTINCT 'deployment', source, subject, service FROM deployment WHERE environment = ANY ($1::text[])
UNION ALL
SELECT DISTINCT 'incident', source, subject, '' FROM event
WHERE thing = 'incident' AND lower((fields->>'environment') COLLATE "C") = ANY ($1::text[])
