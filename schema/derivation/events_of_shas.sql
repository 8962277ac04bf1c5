-- Returns every event about the commits with exactly the shas $1, from any source.
SELECT subject AS sha, source, subject, id, microseconds(time) AS time, type = 'retraction' AS retraction, is_override, fields,
       microseconds(received_at) AS received_at
FROM event WHERE thing = 'commit' AND subject = ANY ($1::text[])
