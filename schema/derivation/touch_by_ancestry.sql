-- Queues the changes that read commits which are reported differently now: all if $1; those whose commits may be from the times $2;
-- and the hotfixes that started from $3 on, when a commit may have reached the default branch or not.
INSERT INTO touched (thing, source, subject, service)
SELECT 'deployment', source, subject, service FROM deployment d
WHERE commit_facts ? 'parents' AND NOT is_release AND (
  $1::boolean OR (kind = 'hotfix' AND started_at >= $3::timestamptz)
  OR EXISTS (SELECT FROM unnest($2::timestamptz[]) AS c (at) WHERE d.first_commit_at <= at AND d.finished_at >= at - interval '1 day'))
RETURNING n
