-- Returns the stored deployments of the given things ($1, $2: source, subject). OFFSET 0: see events_of_things.sql.
SELECT {{> _deployment}}
FROM unnest($1::text[], $2::text[]) AS t (source, subject)
CROSS JOIN LATERAL (SELECT * FROM deployment d WHERE d.source = t.source AND d.subject = t.subject AND NOT d.is_release OFFSET 0) AS d
