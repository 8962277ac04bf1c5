-- $1 ids of changes, $2 by which rollback they are popped now; empty: by none.
UPDATE deployment d SET rolled_back_by = nullif(r.by, '')
FROM unnest($1::text[], $2::text[]) AS r (id, by)
WHERE d.id = r.id
