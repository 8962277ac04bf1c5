-- Returns every event of the given things ($1: type; $2, $3: source, subject). OFFSET 0 makes each thing an index lookup; for many
-- things the planner would otherwise scan all events.
SELECT e.source, e.subject, e.id, (extract(epoch FROM e.time) * 1000000)::bigint AS time, e.type = 'retraction' AS retraction,
       e.is_override, e.fields, microseconds(e.received_at) AS received_at
FROM unnest($2::text[], $3::text[]) AS t (source, subject)
CROSS JOIN LATERAL (SELECT * FROM event e WHERE e.thing = $1 AND e.source = t.source AND e.subject = t.subject OFFSET 0) AS e
