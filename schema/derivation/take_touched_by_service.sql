-- Removes the first $1 queue entries after ($2, $3: service, n), in order of service, and returns them. If the process dies before
-- COMMIT, the entries and the derived rows are rolled back together.
DELETE FROM touched WHERE n IN (SELECT n FROM touched WHERE (service, n) > ($2::text, $3::bigint) ORDER BY service, n LIMIT $1::bigint)
RETURNING thing, source, subject, service, n
