-- Sets the rollback $2 that rolled back each change $1 (ids); empty: none.
UPDATE deployment d SET rolled_back_by = nullif(r.by, '')
FROM unnest($1::text[], $2::text[]) AS r (id, by)
WHERE d.id = r.id
