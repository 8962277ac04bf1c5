-- Appends entries to the end of the queue ($1-$4: thing, source, subject, service).
INSERT INTO touched (thing, source, subject, service) SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])
