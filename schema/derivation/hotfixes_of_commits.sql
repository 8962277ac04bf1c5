-- Returns the hotfixes whose code may have been merged back by the given commits. $1-$7: changed commits, before and now (sha,
-- repository, ref, title, pull_request, picked_from, has_parents). The last commits of merged branches have no title, and many branches
-- are called patch-1: each branch and title is looked up once.
WITH c AS (
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[])
    AS r (sha, repository, ref, title, pull_request, picked_from, has_parents)
), deployed AS (
  SELECT sha FROM c
  UNION SELECT picked_from FROM c WHERE picked_from <> ''
  UNION SELECT other.sha FROM c JOIN commit_seen other ON other.picked_from <> '' AND other.picked_from = c.sha
  UNION SELECT other.sha FROM c CROSS JOIN LATERAL generate_series(7, length(c.sha) - 1) AS n
  JOIN commit_seen other ON other.picked_from <> '' AND other.picked_from = left(c.sha, n)
  UNION SELECT other.sha FROM c JOIN commit_seen other
    ON length(c.sha) >= 7 AND other.picked_from <> '' AND other.picked_from > c.sha AND other.picked_from < c.sha || 'g'
  UNION SELECT other.sha FROM (SELECT DISTINCT repository, md5(ref) AS key FROM c WHERE pull_request <> '' AND ref <> '') AS branch
  JOIN commit_seen other ON other.pull_request <> '' AND other.repository = branch.repository AND md5(other.ref) = branch.key
  UNION SELECT other.sha FROM (SELECT DISTINCT repository, md5(title) AS key FROM c WHERE pull_request <> '' AND title <> '') AS titled
  JOIN commit_seen other ON other.pull_request <> '' AND other.repository = titled.repository AND md5(other.title) = titled.key
)
SELECT d.id FROM deployed CROSS JOIN LATERAL generate_series(7, greatest(7, length(deployed.sha))) AS n
JOIN deployment d ON d.commit <> '' AND d.commit = left(lower(deployed.sha), n) WHERE d.kind = 'hotfix'
UNION
SELECT d.id FROM deployed JOIN deployment d
  ON length(deployed.sha) >= 7 AND d.commit <> '' AND d.commit > lower(deployed.sha) AND d.commit < lower(deployed.sha) || 'g'
WHERE d.kind = 'hotfix'
UNION  -- whose commit may be an ancestor of these
SELECT d.id FROM deployment d
WHERE (SELECT bool_or(has_parents) FROM c) AND d.kind = 'hotfix' AND d.commit_facts ? 'parents' AND NOT d.commit_facts ? 'default_branch'
