-- The events about one thing in the order of receipt; for a commit, events of all sources.
SELECT (extract(epoch FROM received_at) * 1000000)::bigint AS received_at, source, id, type, thing, subject,
       (extract(epoch FROM time) * 1000000)::bigint AS time, is_override, fields
FROM event
WHERE thing = $1 AND subject = $3 AND (source = $2 OR thing = 'commit')
ORDER BY event.received_at, source, id
