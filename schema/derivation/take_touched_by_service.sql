-- Takes entries of the queue service by service: the first $1 behind ($2, $3). A kill before COMMIT gives them back
-- together with what was derived.
DELETE FROM touched WHERE n IN (SELECT n FROM touched WHERE (service, n) > ($2::text, $3::bigint) ORDER BY service, n LIMIT $1::bigint)
RETURNING thing, source, subject, service, n
