-- Empties the bodies received before $1 of deliveries after id $2, oldest first, at most $3. The rows stay because their keys
-- identify repeated deliveries. Dead-letter and partly dead deliveries keep their bodies for replay. Returns the last id and the
-- number of emptied bodies.
WITH old AS (
  SELECT id
  FROM delivery
  WHERE id > $2 AND received_at < $1 AND outcome <> 'dead' AND (outcome <> 'accepted' OR detail = '') AND octet_length(body) > 0
  ORDER BY id
  LIMIT $3
  FOR UPDATE SKIP LOCKED
), dropped AS (
  UPDATE delivery SET body = '' FROM old WHERE delivery.id = old.id RETURNING delivery.id
)
SELECT coalesce(max(id), $2) AS last, count(*) AS bodies
FROM dropped
