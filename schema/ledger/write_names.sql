-- Stores names with their first receipt ($1-$5: kind, name, received_at, source, id). Returns the names that were added or got an
-- earlier receipt.
INSERT INTO known_name AS k
SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::text[])
ON CONFLICT (kind, name) DO UPDATE SET received_at = excluded.received_at, source = excluded.source, id = excluded.id
WHERE (excluded.received_at, excluded.source, excluded.id) < (k.received_at, k.source, k.id)
RETURNING k.kind, k.name, k.xmax = 0 AS is_new
