-- The usual interval of the given sources ($1): deliveries within $2 seconds before the last one, the 99th percentile of the gaps between
-- them in seconds, and the time of the last one. Imports do not count as deliveries.
SELECT s.source, g.deliveries, coalesce(g.gap_s, 0) AS gap_s, microseconds(greatest(l.received_at, d.last_at)) AS last_at
FROM unnest($1::text[]) AS s (source)
CROSS JOIN LATERAL (SELECT max(received_at) AS received_at FROM delivery WHERE source = s.source AND outcome <> 'imported') AS l
CROSS JOIN LATERAL (
  SELECT count(*) AS deliveries, percentile_cont(0.99) WITHIN GROUP (ORDER BY gap)::float8 AS gap_s
  FROM (SELECT extract(epoch FROM received_at - lag(received_at) OVER (ORDER BY received_at))::float8 AS gap
        FROM delivery
        WHERE source = s.source AND received_at >= l.received_at - make_interval(secs => $2::float8) AND outcome <> 'imported') AS each) AS g
CROSS JOIN LATERAL (SELECT max(last_at) AS last_at FROM source_day WHERE source = s.source AND outcome IN ('accepted', 'duplicate', 'ignored', 'dead')) AS d
ORDER BY s.source
