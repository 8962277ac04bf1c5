-- Since when there is data: the first deployment that finished, or incident that started; and whether any incident was reported.
SELECT microseconds(least((SELECT min(first.at) FROM place p CROSS JOIN LATERAL (
  SELECT min(d.finished_at) AS at FROM deployment d WHERE d.service = p.service AND d.environment = p.environment) AS first),
  (SELECT min(first.at) FROM place p CROSS JOIN LATERAL (
  SELECT min(i.started_at) AS at FROM incident i WHERE i.service = p.service AND i.environment = p.environment) AS first))) AS since, EXISTS (SELECT FROM incident) AS has_incidents
