-- Returns every event about the commits $1, from any source. Either sha may be a prefix of the other with at least 7 digits.
-- OFFSET 0: see events_of_things.sql.
SELECT c.sha, e.source, e.subject, e.id, microseconds(e.time) AS time, e.type = 'retraction' AS retraction, e.is_override, e.fields,
       microseconds(e.received_at) AS received_at
FROM unnest($1::text[]) AS c (sha)
CROSS JOIN LATERAL (
  SELECT * FROM event e
  WHERE e.thing = 'commit' AND e.subject >= left(c.sha, 7) AND e.subject < c.sha || 'g'
    AND (e.subject = c.sha OR starts_with(c.sha, e.subject) OR (length(c.sha) >= 7 AND starts_with(e.subject, c.sha))) OFFSET 0) AS e
