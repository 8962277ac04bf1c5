-- In order of time, so that each batch goes on where the one before it ended.
INSERT INTO touched (thing, source, subject)
SELECT thing, source, subject FROM event GROUP BY thing, source, subject ORDER BY min(time)
