-- Returns which rollback rolled back a change of which release, for the rollbacks $1 and the releases $2.
SELECT c.rolled_back_by AS rollback, c.release
FROM unnest($1::text[]) AS r (id) CROSS JOIN LATERAL (SELECT * FROM deployment WHERE rolled_back_by = r.id AND release <> '' OFFSET 0) AS c
UNION
SELECT c.rolled_back_by, c.release
FROM unnest($2::text[]) AS r (id) CROSS JOIN LATERAL (SELECT * FROM deployment WHERE release = r.id AND rolled_back_by IS NOT NULL OFFSET 0) AS c
