-- Stores the events of a delivery ($1: id) that can be read now: $2: events (JSON array of event_record), $3: time of receipt, $4:
-- the part that is still unreadable. Returns the number of stored events.
WITH revived AS (
  UPDATE delivery SET outcome = 'accepted', detail = $4 WHERE id = $1 RETURNING id
), stored AS (
  INSERT INTO event (source, id, type, thing, subject, time, received_at, is_override, delivery, fields)
  SELECT e.source, e.id, e.type, e.thing, e.subject, 'epoch'::timestamptz + e.time * interval '1 microsecond', $3::timestamptz, false, revived.id, e.fields
  FROM revived, jsonb_to_recordset($2::jsonb)
    AS e (source text, id text, type text, thing text, subject text, time int8, fields jsonb)
  ON CONFLICT (source, id) DO NOTHING
  RETURNING thing, source, subject
), queued AS (
  INSERT INTO touched (thing, source, subject) SELECT thing, source, subject FROM stored
)
SELECT count(*) FROM stored
