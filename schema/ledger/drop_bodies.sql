-- Bodies received before $1 of deliveries behind $2, the oldest first, at most $3: the rows stay, because their keys tell
-- repeated deliveries. Dead ones are kept for replay. Gives the last id and how many there were.
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
