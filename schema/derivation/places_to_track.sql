-- Returns the targets whose last deployment comes from a repository for which the first push or merge is now reported, or an
-- earlier one than before ($1: repositories without host, $2: time of the report).
SELECT p.service, p.environment
FROM unnest($1::text[], $2::timestamptz[]) AS r (repository, told_at)
CROSS JOIN place p
CROSS JOIN LATERAL (
  SELECT d.repository FROM deployment d
  WHERE d.service = p.service AND d.environment = p.environment AND d.finished_at IS NOT NULL ORDER BY d.finished_at DESC, d.repository DESC LIMIT 1) AS last
WHERE last.repository = r.repository
  AND NOT EXISTS (SELECT FROM commit_seen c WHERE c.told_in = r.repository AND c.told_in <> '' AND c.told_at <= r.told_at)
