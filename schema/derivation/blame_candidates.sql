-- Returns the deployments that the attribution of an incident may depend on, as (n, id). n is the position in $1-$3 (service,
-- started_at, culprit), from 1.
WITH i AS (
  SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::text[]) WITH ORDINALITY AS r (service, started_at, culprit, n)
), named AS MATERIALIZED (  -- few rows, which the planner cannot know
  SELECT *, lookup_key(culprit) AS culprit_key FROM i WHERE culprit <> ''
), candidate AS (
  -- attempts in progress: few at one instant, many per service over time, so OFFSET 0 keeps the service out of the lookup
  SELECT i.n, d.id, d.live FROM i CROSS JOIN LATERAL (
    SELECT d.id, d.live, d.service FROM deployment d
    WHERE tstzrange(d.started_at, d.finished_at) @> i.started_at AND d.started_at < d.finished_at OFFSET 0) AS d
  WHERE d.service = i.service
  UNION ALL  -- the last succeeded deployment in each production environment
  SELECT i.n, last.id, last.live FROM i JOIN place p ON p.service = i.service AND p.production
  CROSS JOIN LATERAL (
    SELECT d.id, d.live FROM deployment d
    WHERE d.service = p.service AND d.environment = p.environment AND NOT d.is_release AND d.state = 'succeeded' AND d.finished_at <= i.started_at
    ORDER BY d.finished_at DESC, d.day_order DESC, d.source DESC, d.subject DESC LIMIT 1) AS last
  UNION ALL  -- deployments that the culprit may name
  SELECT i.n, d.id, d.live FROM named i JOIN deployment d ON d.id = i.culprit
  UNION ALL
  SELECT i.n, d.id, d.live FROM named i JOIN deployment d ON d.release <> '' AND d.release = i.culprit
  UNION ALL
  SELECT i.n, d.id, d.live FROM named i JOIN deployment d ON d.subject = i.culprit
  UNION ALL
  SELECT i.n, d.id, d.live FROM named i JOIN deployment d ON d.version_key <> '' AND d.version_key = i.culprit_key
  UNION ALL
  SELECT i.n, d.id, d.live FROM named i
  CROSS JOIN LATERAL generate_series(7, greatest(7, length(i.culprit_key))) AS digits
  JOIN deployment d ON d.commit <> '' AND d.commit = left(i.culprit_key, digits)
  UNION ALL
  SELECT i.n, d.id, d.live FROM named i JOIN deployment d
    ON length(i.culprit_key) >= 7 AND d.commit <> '' AND d.commit > i.culprit_key AND d.commit < i.culprit_key || 'g'
)
SELECT n, id FROM candidate UNION SELECT n, live FROM candidate WHERE live IS NOT NULL
