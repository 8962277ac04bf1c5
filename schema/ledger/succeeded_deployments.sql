-- The succeeded deployments of a place in the order of the live stack, with the verdict they have.
SELECT source, subject, id, (extract(epoch FROM finished_at) * 1000000)::bigint AS finished_at, version, commit, facts,
       commit_facts, overrides, kind, kind_reason, is_change, live, below, rolled_back_by
FROM deployment
WHERE service = $1 AND environment = $2 AND state = 'succeeded' AND finished_at IS NOT NULL
ORDER BY finished_at, source, subject
