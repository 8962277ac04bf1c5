-- Each service, whether it was ever deployed, the sources of its latest 10 deployments, and those of its incidents since $1.
SELECT s.service AS name, deployed.sources IS NOT NULL AS has_deployments,
       coalesce(deployed.sources, '[]') AS deploying, coalesce(reported.sources, '[]') AS reporting
FROM (SELECT DISTINCT service FROM place WHERE service NOT IN ('', 'other')) AS s
CROSS JOIN LATERAL (
  SELECT jsonb_agg(DISTINCT d.source) AS sources FROM (
    SELECT d.source FROM deployment d WHERE d.service = s.service
    ORDER BY coalesce(d.finished_at, d.started_at, d.created_at, 'epoch') DESC, d.id DESC LIMIT 10) AS d) AS deployed
CROSS JOIN LATERAL (
  SELECT jsonb_agg(DISTINCT i.source) AS sources FROM incident i WHERE i.service = s.service AND i.started_at >= $1::timestamptz) AS reported
ORDER BY s.service
