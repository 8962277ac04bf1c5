-- The next $2 deliveries behind $1 with their bodies, to look through.
SELECT id, body, headers::text
FROM delivery
WHERE id > $1
ORDER BY id
LIMIT $2
