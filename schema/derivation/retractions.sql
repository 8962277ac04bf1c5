-- Returns every retraction event; these decide which things are retracted.
SELECT e.thing, e.source, e.subject, e.id, (extract(epoch FROM e.time) * 1000000)::bigint AS time, true AS retraction, e.is_override,
       e.fields, microseconds(e.received_at) AS received_at
FROM event e WHERE e.type = 'retraction'
