-- The outcomes of each source's deliveries since $1, the newest reasons of rejected and ignored ones, and its last sync.
SELECT jsonb_build_object('source', s.source, 'last_at', days.last_at, 'days', coalesce(days.all_days, '[]'), 'reasons', coalesce(reasons.newest, '[]'), 'sync', sync.last) AS journal
FROM (SELECT source FROM source_day UNION SELECT source FROM source_reason UNION SELECT source FROM sync_run) AS s
CROSS JOIN LATERAL (
  SELECT jsonb_agg(jsonb_build_object('day', day, 'outcome', outcome, 'deliveries', deliveries) ORDER BY day, outcome) FILTER (WHERE day >= ($1::timestamptz AT TIME ZONE 'UTC')::date) AS all_days,
         max(last_at) FILTER (WHERE outcome IN ('accepted', 'duplicate', 'ignored', 'dead')) AS last_at
  FROM source_day d WHERE d.source = s.source) AS days
CROSS JOIN LATERAL (
  SELECT jsonb_agg(jsonb_build_object('at', at, 'outcome', outcome, 'reason', reason) ORDER BY at DESC) AS newest
  FROM source_reason r WHERE r.source = s.source) AS reasons
LEFT JOIN LATERAL (
  SELECT jsonb_build_object('at', ended_at, 'events', events, 'unreported', unreported, 'failures', failures, 'failure', failure,
                            'unreported_since', (SELECT sum(unreported) FROM sync_run a WHERE a.source = s.source AND a.ended_at >= $1::timestamptz)) AS last
  FROM sync_run r WHERE r.source = s.source
  ORDER BY ended_at DESC LIMIT 1) AS sync ON true
ORDER BY s.source
