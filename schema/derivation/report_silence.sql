-- Stores a report of silence, received at $1, for the lead of each open joined incident that had no report for $2 microseconds
-- (figures.md section 18), and queues it. The lead then counts as resolved once every other member is. The event's time is the end
-- of that interval, so that a rebuild derives the same.
WITH open AS (
  SELECT lead.source, lead.subject, last.time, last.delivery
  FROM incident i
  JOIN incident_member lead ON lead.joined_source = i.source AND lead.joined_subject = i.subject AND lead.position = 0
  CROSS JOIN LATERAL (
    SELECT e.time, e.delivery FROM event e
    WHERE e.thing = 'incident' AND e.source = lead.source AND e.subject = lead.subject AND NOT e.fields ? 'silent_since'
    ORDER BY e.time DESC LIMIT 1) AS last
  WHERE i.resolved_at IS NULL AND last.time <= $1::timestamptz - $2::bigint * interval '1 microsecond'
    AND EXISTS (SELECT FROM incident_member m
                WHERE m.joined_source = i.source AND m.joined_subject = i.subject AND m.position > 0 AND NOT m.only_adds_facts)
), stored AS (
  INSERT INTO event (source, id, type, thing, subject, time, received_at, is_override, delivery, fields)
  SELECT DISTINCT source, 'silence/' || md5(subject || ' ' || time), 'incident', 'incident', subject, time + $2::bigint * interval '1 microsecond', $1::timestamptz,
         false, delivery, jsonb_build_object('silent_since', to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
  FROM open
  ON CONFLICT (source, id) DO NOTHING
  RETURNING source, subject
)
INSERT INTO touched (thing, source, subject, service) SELECT 'incident', source, subject, '' FROM stored
