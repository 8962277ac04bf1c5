-- In order of time, so that each step goes on where the one before it ended.
INSERT INTO touched (thing, source, subject, service)
SELECT thing, source, subject, coalesce(min(left(fields->>'service', 200) COLLATE "C"), '')
FROM event GROUP BY thing, source, subject ORDER BY min(time)
