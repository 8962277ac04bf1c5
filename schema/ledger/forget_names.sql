DELETE FROM known_name AS k
USING jsonb_to_recordset($1::jsonb) AS r (kind text, name text)
WHERE k.kind = r.kind AND k.name = r.name
