-- Deployments of another kind than the stored ones are.
SELECT s.service, s.environment, s.source, s.subject, s.version, microseconds(s.finished_at) AS finished_at,
       s.kind AS kind_before, s.kind_reason AS reason_before, d.kind, d.kind_reason AS reason
FROM public.deployment s JOIN pg_temp.deployment d USING (id)
WHERE s.kind IS DISTINCT FROM d.kind AND s.kind IS NOT NULL AND d.kind IS NOT NULL
ORDER BY s.finished_at, s.source, s.subject, s.service, s.environment
