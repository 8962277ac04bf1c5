-- Returns the next $2 deliveries after id $1.
SELECT id, body, headers, detail
FROM delivery
WHERE id > $1
ORDER BY id
LIMIT $2
