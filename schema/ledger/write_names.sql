-- Names with their first receipt: $1 rows.
INSERT INTO known_name AS k
SELECT * FROM jsonb_to_recordset($1::jsonb) AS r (kind text, name text, received_at timestamptz, source text, id text)
ON CONFLICT (kind, name) DO UPDATE SET received_at = excluded.received_at, source = excluded.source, id = excluded.id
WHERE (excluded.received_at, excluded.source, excluded.id) < (k.received_at, k.source, k.id)
RETURNING k.kind, k.name, k.xmax = 0 AS is_new
