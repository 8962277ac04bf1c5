-- Takes the oldest entries of the queue. A kill before COMMIT gives them back together with what was derived.
DELETE FROM touched WHERE n IN (SELECT n FROM touched ORDER BY n LIMIT $1::bigint)
RETURNING thing, source, subject, service, n
