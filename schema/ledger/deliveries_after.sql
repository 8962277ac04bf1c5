-- The next $2 deliveries behind $1, to look through.
SELECT id, body, headers, detail
FROM delivery
WHERE id > $1
ORDER BY id
LIMIT $2
