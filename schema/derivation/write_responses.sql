UPDATE deployment d SET response_from = r.response_from
FROM jsonb_to_recordset($1::jsonb) AS r (id text, response_from timestamptz)
WHERE d.id = r.id AND d.response_from IS DISTINCT FROM r.response_from
RETURNING d.service, d.environment
