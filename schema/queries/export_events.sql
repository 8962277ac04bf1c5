-- A page of all events in the order of receipt, after the given (received_at in microseconds, source, id).
SELECT (extract(epoch FROM received_at) * 1000000)::bigint AS received_at, source, id, type, thing, subject,
       (extract(epoch FROM time) * 1000000)::bigint AS time, is_override, fields
FROM event
WHERE (event.received_at, source, id) > (timestamptz 'epoch' + $1::bigint * interval '1 microsecond', $2::text, $3::text)
ORDER BY event.received_at, source, id
LIMIT 1000
