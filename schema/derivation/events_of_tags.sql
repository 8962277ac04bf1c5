-- Returns every event about tags with the names $1, from any source. OFFSET 0: see events_of_things.sql.
SELECT e.source, e.subject, e.id, microseconds(e.time) AS time, e.type = 'retraction' AS retraction, e.is_override, e.fields,
       microseconds(e.received_at) AS received_at
FROM (
  SELECT DISTINCT named.source, named.subject FROM unnest($1::text[]) AS t (name)
  CROSS JOIN LATERAL (SELECT * FROM event e WHERE e.thing = 'tag' AND e.fields->>'name' = t.name OFFSET 0) AS named) AS t
CROSS JOIN LATERAL (SELECT * FROM event e WHERE e.thing = 'tag' AND e.source = t.source AND e.subject = t.subject OFFSET 0) AS e
