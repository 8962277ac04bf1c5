-- When the last deployment of each kind finished, up to $3; $1, $2 the places. Nothing where there was none.
SELECT place.service, place.environment, kind.name AS kind, (extract(epoch FROM last.finished_at) * 1000000)::bigint AS finished_at
FROM unnest($1::text[], $2::text[]) AS place (service, environment)
CROSS JOIN unnest(ARRAY['planned', 'hotfix', 'rollback', 'redeploy']) AS kind (name)
CROSS JOIN LATERAL (
  SELECT max(d.finished_at) AS finished_at FROM deployment d
  WHERE d.service = place.service AND d.environment = place.environment AND d.kind = kind.name
    AND d.state = 'succeeded' AND d.finished_at <= $3::timestamptz) AS last
WHERE last.finished_at IS NOT NULL
