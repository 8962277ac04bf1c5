UPDATE incident i SET decided_at = r.decided_at, decided_way = r.decided_way
FROM jsonb_to_recordset($1::jsonb) AS r (id text, decided_at timestamptz, decided_way text)
WHERE i.id = r.id AND (i.decided_at, i.decided_way) IS DISTINCT FROM (r.decided_at, r.decided_way)
RETURNING i.service, i.environment
