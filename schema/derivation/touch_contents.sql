-- Queues the changes $1 (ids) and those right above the deployments $2, except $3, if the ancestry of their commits is known: what
-- they bring may differ now.
INSERT INTO touched (thing, source, subject, service)
SELECT 'deployment', source, subject, service FROM (
  SELECT source, subject, service, id FROM deployment WHERE id = ANY ($1::text[]) AND commit_facts ? 'parents' AND NOT is_release
  UNION
  SELECT source, subject, service, id FROM deployment WHERE below = ANY ($2::text[]) AND commit_facts ? 'parents' AND NOT is_release) AS d
WHERE id <> ALL ($3::text[])
RETURNING n
