-- How often the given sources ($1) delivered since $2: how many times, the 99th percentile of the gaps in seconds, and when last.
SELECT s.source, g.deliveries, coalesce(g.gap_s, 0) AS gap_s, microseconds(greatest(g.last_at, d.last_at)) AS last_at
FROM unnest($1::text[]) AS s (source)
CROSS JOIN LATERAL (
  SELECT count(*) AS deliveries, max(received_at) AS last_at, percentile_cont(0.99) WITHIN GROUP (ORDER BY gap)::float8 AS gap_s
  FROM (SELECT received_at, extract(epoch FROM received_at - lag(received_at) OVER (ORDER BY received_at))::float8 AS gap
        FROM delivery WHERE source = s.source AND received_at >= $2::timestamptz AND outcome <> 'imported') AS each) AS g
CROSS JOIN LATERAL (SELECT max(last_at) AS last_at FROM source_day WHERE source = s.source AND outcome IN ('accepted', 'duplicate', 'ignored', 'dead')) AS d
ORDER BY s.source
