-- Returns the columns from which the follow-ups of the deployments $1 (ids) are derived.
SELECT d.id, d.commit, d.kind IS NOT DISTINCT FROM 'hotfix' AND d.production AND d.service <> '' AS is_hotfix, d.facts, d.commit_facts,
       EXISTS (SELECT FROM remedy r WHERE r.by = d.id AND r.change IS NOT NULL) AS is_attributed,
       d.repository
FROM deployment d WHERE d.id = ANY ($1::text[]) AND NOT d.is_release
