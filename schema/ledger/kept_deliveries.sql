-- Returns the next $4 deliveries after id $1 that still have a body: dead-letter and partly dead ones, and all accepted ones if $2
-- is true; of source $3, or of every source if it is empty.
SELECT id, source, key, microseconds(received_at) AS received_at, headers, body
FROM delivery
WHERE id > $1 AND (outcome = 'dead' OR outcome = 'accepted' AND (detail <> '' OR $2::boolean)) AND ($3 = '' OR source = $3) AND octet_length(body) > 0
ORDER BY id
LIMIT $4
