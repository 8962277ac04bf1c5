INSERT INTO touched (thing, source, subject) SELECT DISTINCT thing, source, subject FROM event
