-- Adds reasons ($1-$4: source, outcome, reason, time), and keeps the newest $5 of each source since $6.
WITH new AS (
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) AS r (source, outcome, reason, at) WHERE at >= $6::timestamptz
), newest AS (
  SELECT source, at, outcome, reason, is_new, place FROM (
    SELECT *, row_number() OVER (PARTITION BY source ORDER BY at DESC, is_new DESC) AS n FROM (
      SELECT source, at, outcome, reason, false AS is_new, ctid AS place FROM source_reason
      UNION ALL SELECT source, at, outcome, reason, true, NULL FROM new) AS reported) AS ranked
  WHERE n <= $5::bigint AND at >= $6::timestamptz
), gone AS (
  DELETE FROM source_reason r WHERE NOT EXISTS (SELECT FROM newest WHERE newest.place = r.ctid)
)
INSERT INTO source_reason (source, at, outcome, reason) SELECT source, at, outcome, reason FROM newest WHERE is_new
