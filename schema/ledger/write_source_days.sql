-- Adds counts ($1-$5: source, outcome, day, deliveries, time of the last one) to those of other daemons, and deletes days before
-- $6.
WITH old AS (
  DELETE FROM source_day WHERE day < ($6::timestamptz AT TIME ZONE 'UTC')::date
)
INSERT INTO source_day AS d (source, outcome, day, deliveries, last_at)
SELECT source, outcome, (day AT TIME ZONE 'UTC')::date, deliveries, last_at
FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::bigint[], $5::timestamptz[]) AS r (source, outcome, day, deliveries, last_at)
WHERE day >= $6::timestamptz
ON CONFLICT (source, day, outcome) DO UPDATE
SET deliveries = d.deliveries + excluded.deliveries, last_at = greatest(d.last_at, excluded.last_at)
