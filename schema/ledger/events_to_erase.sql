-- The next 1,000 events behind ($1 source, $2 id), to look through.
SELECT source, id, subject, fields::text AS fields, delivery
FROM event
WHERE (source, id) > ($1::text, $2::text)
ORDER BY source, id
LIMIT 1000
