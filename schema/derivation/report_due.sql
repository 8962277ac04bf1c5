-- Stores a report that announced deployments due by $1 succeeded when they were due, and queues them: at most 1,000 per call.
-- Several daemons share the work (SKIP LOCKED).
WITH due AS (
  DELETE FROM upcoming AS u
  USING (SELECT source, subject FROM upcoming WHERE due_at <= $1::timestamptz ORDER BY due_at LIMIT 1000 FOR UPDATE SKIP LOCKED) AS o
  WHERE u.source = o.source AND u.subject = o.subject
  RETURNING u.*, to_char(u.due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS due
), stored AS (
  INSERT INTO event (source, id, type, thing, subject, time, received_at, is_override, delivery, fields)
  SELECT source, 'due/' || md5(subject || ' ' || due), 'deployment', 'deployment', subject, due_at, $1::timestamptz, false, delivery,
         jsonb_build_object('state', 'succeeded', 'finished_at', due)
  FROM due
  ON CONFLICT (source, id) DO NOTHING
  RETURNING source, subject
)
INSERT INTO touched (thing, source, subject, service) SELECT 'deployment', source, subject, '' FROM stored
