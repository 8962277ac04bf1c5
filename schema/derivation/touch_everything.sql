-- Queues all things in order of time, so that each step continues where the previous one ended.
INSERT INTO touched (thing, source, subject, service)
SELECT thing, source, subject, coalesce(min(left(fields->>'service', 200) COLLATE "C"), '')
FROM event GROUP BY thing, source, subject ORDER BY min(time)
