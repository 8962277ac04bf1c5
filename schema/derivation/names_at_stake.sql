-- Returns the names whose first receipt is one of the given events ($1: sources, $2: ids).
SELECT kind, name, microseconds(received_at) AS received_at, source, id
FROM known_name
WHERE (source, id) IN (SELECT * FROM unnest($1::text[], $2::text[]))
