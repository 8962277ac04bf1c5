-- $1 ids of deployments, $2 the row of their group that each belongs to.
UPDATE deployment d SET release = r.release FROM unnest($1::text[], $2::text[]) AS r (id, release) WHERE d.id = r.id
