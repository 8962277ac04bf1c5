-- Every event about the commits of exactly those names, from any source.
SELECT subject, id, microseconds(time) AS time, type = 'retraction' AS retraction, is_override, fields
FROM event WHERE thing = 'commit' AND subject = ANY ($1::text[])
