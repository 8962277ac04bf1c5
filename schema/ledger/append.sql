-- Stores deliveries, their events and the queue entries in one statement, all or nothing. $1-$7: deliveries, one array per column;
-- $8-$17: events, where $8 is the position of the event's delivery, from 1. Returns for each new delivery its position, its id and
-- the number of stored events.
WITH given AS (
  SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::text[], $6::jsonb[], $7::bytea[])
    WITH ORDINALITY AS g (source, key, received_at, outcome, detail, headers, body, position)
), fresh AS (
  INSERT INTO delivery (source, key, received_at, outcome, detail, headers, body)
  SELECT source, key, received_at, outcome, detail, headers, body FROM given ORDER BY position
  ON CONFLICT (source, key) DO NOTHING
  RETURNING id, source, key
), placed AS (
  SELECT given.position, fresh.id FROM given JOIN fresh USING (source, key)
), stored AS (
  INSERT INTO event (source, id, type, thing, subject, time, received_at, is_override, delivery, fields)
  SELECT e.source, e.id, e.type, e.thing, e.subject, e.time, e.received_at, e.is_override, placed.id, e.fields
  FROM unnest($8::bigint[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::timestamptz[],
              $15::timestamptz[], $16::boolean[], $17::jsonb[])
    WITH ORDINALITY AS e (position, source, id, type, thing, subject, time, received_at, is_override, fields, n)
  JOIN placed ON placed.position = e.position
  ORDER BY e.n
  ON CONFLICT (source, id) DO NOTHING
  RETURNING delivery, thing, source, subject, coalesce(left(fields->>'service', 200), '') AS service
), queued AS (
  INSERT INTO touched (thing, source, subject, service) SELECT thing, source, subject, service FROM stored
)
SELECT placed.position, count(stored.delivery) AS events, placed.id AS delivery
FROM placed LEFT JOIN stored ON stored.delivery = placed.id
GROUP BY placed.position, placed.id
