-- The remedies that the given deployments and flag changes are.
SELECT r.way, r.by, r.change, r.incident_source, r.incident_subject, microseconds(r.started_at) AS started_at,
       microseconds(r.finished_at) AS finished_at
FROM remedy r WHERE r.by = ANY ($1::text[])
