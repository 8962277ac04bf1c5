-- Columns of a deployment d that attribution and remediation read.
d.id, d.day_order, d.source, d.subject, d.service, d.environment, d.production, d.state, d.version, d.commit, d.kind, d.is_change,
microseconds(d.started_at) AS started_at, microseconds(d.finished_at) AS finished_at, d.live, d.below, d.rolled_back_by,
d.facts->>'fixes' AS fixes, d.facts->>'incident' AS incident,
d.release,
CASE WHEN jsonb_typeof(d.overrides -> 'failed') = 'boolean' THEN (d.overrides -> 'failed')::boolean END AS failed_by_hand
