-- The next $4 deliveries behind $1 whose bodies are kept: the dead and the partly dead, or with $2 all; of the source $3, or of every one.
SELECT id, source, key, microseconds(received_at) AS received_at, headers, body
FROM delivery
WHERE id > $1 AND (outcome = 'dead' OR outcome = 'accepted' AND (detail <> '' OR $2::boolean)) AND ($3 = '' OR source = $3) AND octet_length(body) > 0
ORDER BY id
LIMIT $4
