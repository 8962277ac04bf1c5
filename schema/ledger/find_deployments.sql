-- By public id, by the sender's own name, or by version.
SELECT id, service, environment, source, subject, state,
       (extract(epoch FROM created_at) * 1000000)::bigint AS created_at,
       (extract(epoch FROM started_at) * 1000000)::bigint AS started_at,
       (extract(epoch FROM finished_at) * 1000000)::bigint AS finished_at,
       version, commit, kind, kind_reason, is_change, live, below, rolled_back_by, facts, commit_facts, overrides
FROM deployment
WHERE id = $1 OR subject = $1 OR version = $1
ORDER BY deployment.finished_at NULLS LAST, source, subject, service, environment
LIMIT 20
