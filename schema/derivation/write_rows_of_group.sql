-- Sets the group row $2 that each deployment $1 belongs to.
UPDATE deployment d SET release = r.release FROM unnest($1::text[], $2::text[]) AS r (id, release) WHERE d.id = r.id
