DELETE FROM known_name AS k
USING unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::text[]) AS r (kind, name, received_at, source, id)
WHERE k.kind = r.kind AND k.name = r.name
