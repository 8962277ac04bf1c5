-- How many of the things of types $2 and subjects $3 have no event of source $1.
SELECT count(*) FROM unnest($2::text[], $3::text[]) AS t (thing, subject)
WHERE NOT EXISTS (SELECT FROM event e WHERE e.thing = t.thing AND e.source = $1 AND e.subject = t.subject)
