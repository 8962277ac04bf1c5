-- Returns the next 1,000 events after ($1, $2: source, id).
SELECT source, id, subject, fields::text AS fields, delivery
FROM event
WHERE (source, id) > ($1::text, $2::text)
ORDER BY source, id
LIMIT 1000
