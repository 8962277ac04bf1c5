-- Stores from when the response of each hotfix counts. Returns the rows that differed.
UPDATE deployment d SET response_from = r.response_from
FROM unnest($1::text[], $2::timestamptz[]) AS r (id, response_from)
WHERE d.id = r.id AND d.response_from IS DISTINCT FROM r.response_from
RETURNING d.id, d.service, d.environment
