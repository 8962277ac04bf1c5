-- A page of the succeeded deployments of place $1, $2 from the position ($3, $4, $5) on, itself included, in the order
-- of the live stack, with the verdict they have.
SELECT d.source, d.subject, d.id, microseconds(d.finished_at) AS finished_at, d.version, d.commit, d.kind, d.is_change,
       d.live, d.below, microseconds(d.covers_since) AS covers_since, d.rolled_back_by, d.kind_reason, d.kind_evidence, microseconds(d.started_at) AS started_at, d.facts, d.commit_facts, d.overrides
FROM deployment d
WHERE d.service = $1 AND d.environment = $2 AND d.state = 'succeeded' AND d.finished_at >= $3::timestamptz
  AND (d.finished_at, d.source, d.subject) >= ($3::timestamptz, $4, $5)
ORDER BY d.finished_at, d.source, d.subject
LIMIT $6::bigint
