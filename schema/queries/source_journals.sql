-- The outcomes of each source's deliveries since $1, and the newest reasons of rejected and ignored ones.
SELECT jsonb_build_object('source', s.source, 'last_at', days.last_at, 'days', coalesce(days.all_days, '[]'), 'reasons', coalesce(reasons.newest, '[]')) AS journal
FROM (SELECT source FROM source_day UNION SELECT source FROM source_reason) AS s
CROSS JOIN LATERAL (
  SELECT jsonb_agg(jsonb_build_object('day', day, 'outcome', outcome, 'deliveries', deliveries) ORDER BY day, outcome) FILTER (WHERE day >= ($1::timestamptz AT TIME ZONE 'UTC')::date) AS all_days,
         max(last_at) FILTER (WHERE outcome IN ('accepted', 'duplicate', 'ignored', 'dead')) AS last_at
  FROM source_day d WHERE d.source = s.source) AS days
CROSS JOIN LATERAL (
  SELECT jsonb_agg(jsonb_build_object('at', at, 'outcome', outcome, 'reason', reason) ORDER BY at DESC) AS newest
  FROM source_reason r WHERE r.source = s.source) AS reasons
ORDER BY s.source
