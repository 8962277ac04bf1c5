-- Replaces the fields of event ($1, $2: source, id) with $3, and queues its thing so that it is derived again.
WITH changed AS (
  UPDATE event SET fields = $3::jsonb WHERE source = $1 AND id = $2 RETURNING thing, source, subject
)
INSERT INTO touched (thing, source, subject)
SELECT thing, source, subject
FROM changed
