-- Since when there is data: the first deployment that finished, or incident that started; no earlier than $1, which is found
-- at once. And whether any incident was reported.
SELECT microseconds(CASE
    WHEN EXISTS (
      SELECT FROM place p CROSS JOIN LATERAL (
        SELECT FROM deployment d
        WHERE d.service = p.service AND d.environment = p.environment AND d.finished_at <= $1::timestamptz LIMIT 1) AS known)
    THEN $1::timestamptz
    ELSE least(
      (SELECT min(first.at) FROM place p CROSS JOIN LATERAL (
        SELECT min(d.finished_at) AS at FROM deployment d WHERE d.service = p.service AND d.environment = p.environment) AS first),
      (SELECT min(first.at) FROM place p CROSS JOIN LATERAL (
        SELECT min(i.started_at) AS at FROM incident i WHERE i.service = p.service AND i.environment = p.environment) AS first))
  END) AS since, EXISTS (SELECT FROM incident) AS has_incidents
