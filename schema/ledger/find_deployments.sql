-- By public id, by the sender's own name, or by version.
SELECT id, service, environment, source, subject, state,
       microseconds(created_at) AS created_at, microseconds(started_at) AS started_at, microseconds(finished_at) AS finished_at,
       microseconds(first_commit_at) AS first_commit_at,
       version, commit, kind, kind_reason, is_change, live, below, rolled_back_by,
       failed, microseconds(issue_at) AS issue_at, microseconds(recovered_at) AS recovered_at, first_remedy,
       microseconds(response_from) AS detected_at,
       facts, commit_facts, overrides,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('way', r.way, 'by', r.by, 'started_at', r.started_at) ORDER BY r.started_at, r.by), '[]')
        FROM remedy r WHERE r.change = d.id) AS remedied_by,
       (SELECT coalesce(jsonb_agg(r.change ORDER BY r.change), '[]') FROM remedy r WHERE r.by = d.id AND r.change IS NOT NULL) AS remedies,
       (SELECT coalesce(jsonb_agg(DISTINCT jsonb_build_object('source', i.source, 'subject', i.subject)), '[]')
        FROM incident i WHERE i.blamed = d.id) AS blamed_by
FROM deployment d
WHERE id = $1 OR subject = $1 OR version = $1
ORDER BY d.finished_at NULLS LAST, source, subject, service, environment
LIMIT 20
