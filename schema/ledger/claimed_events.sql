-- Returns those of the given events ($1-$8) whose id already belongs to another delivery with another token or other content, and
-- the holder of the id.
SELECT g.position, g.source, g.id, coalesce(d.headers->>':token', d.source, '') AS holder
FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::jsonb[], $8::text[])
  AS g (position, delivery, source, id, type, subject, fields, token)
JOIN event e ON e.source = g.source AND e.id = g.id AND e.delivery <> g.delivery
LEFT JOIN delivery d ON d.id = e.delivery
WHERE e.type <> g.type OR e.subject <> g.subject OR e.fields <> g.fields
   OR (g.token <> '' AND coalesce(d.headers->>':token', g.token) <> g.token)
