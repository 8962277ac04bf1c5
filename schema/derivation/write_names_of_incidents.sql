-- Replaces the names and links of the given incidents ($1, $2: source, subject), each without its joined members, with the rows
-- $3-$15. Retracted incidents have no row.
WITH now AS (
  SELECT * FROM unnest($3::text[], $4::text[], $5::jsonb[], $6::text[], $7::timestamptz[], $8::timestamptz[], $9::text[],
                       $10::boolean[], $11::boolean[], $12::jsonb[], $13::jsonb[], $14::jsonb[], $15::jsonb[])
    AS r (source, subject, ids, url, started_at, received_at, stretches, is_production, is_let_in, names, keys, links, same_as)
), gone AS (
  DELETE FROM incident_name n USING unnest($1::text[], $2::text[]) AS t (source, subject)
  WHERE n.source = t.source AND n.subject = t.subject
    AND NOT EXISTS (SELECT FROM now WHERE now.source = t.source AND now.subject = t.subject)
)
INSERT INTO incident_name AS n
SELECT source, subject, ids, url, started_at, received_at, stretches::tstzmultirange, is_production, is_let_in, names, keys, links, same_as
FROM now
ON CONFLICT (source, subject) DO UPDATE SET
  ids = excluded.ids, url = excluded.url, started_at = excluded.started_at, received_at = excluded.received_at,
  stretches = excluded.stretches, is_production = excluded.is_production, is_let_in = excluded.is_let_in, names = excluded.names, keys = excluded.keys,
  links = excluded.links, same_as = excluded.same_as
WHERE n IS DISTINCT FROM excluded
