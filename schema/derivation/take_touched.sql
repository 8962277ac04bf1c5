-- Removes the $1 oldest entries from the queue and returns them. If the process dies before COMMIT, the entries and the derived
-- rows are rolled back together.
DELETE FROM touched WHERE n IN (SELECT n FROM touched ORDER BY n LIMIT $1::bigint)
RETURNING thing, source, subject, service, n
