-- Stores which changes failed and when they recovered. Returns the rows that differed.
UPDATE deployment d SET failed = r.failed, issue_at = r.issue_at, recovered_at = r.recovered_at, first_remedy = r.first_remedy
FROM unnest($1::text[], $2::boolean[], $3::timestamptz[], $4::timestamptz[], $5::text[])
  AS r (id, failed, issue_at, recovered_at, first_remedy)
WHERE d.id = r.id AND (d.failed, d.issue_at, d.recovered_at, d.first_remedy)
  IS DISTINCT FROM (r.failed, r.issue_at, r.recovered_at, r.first_remedy)
RETURNING d.id, d.service, d.environment
