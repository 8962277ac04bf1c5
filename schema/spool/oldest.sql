SELECT number, source, key, received_at, outcome, detail, headers, body, events, size
FROM delivery
WHERE set_aside IS NULL
ORDER BY number
LIMIT ?1
