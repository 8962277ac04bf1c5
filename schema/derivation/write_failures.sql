UPDATE deployment d SET failed = r.failed, issue_at = r.issue_at, recovered_at = r.recovered_at, first_remedy = r.first_remedy
FROM jsonb_to_recordset($1::jsonb) AS r (
  id text, failed boolean, issue_at timestamptz, recovered_at timestamptz, first_remedy text)
WHERE d.id = r.id AND (d.failed, d.issue_at, d.recovered_at, d.first_remedy)
  IS DISTINCT FROM (r.failed, r.issue_at, r.recovered_at, r.first_remedy)
RETURNING d.service, d.environment
