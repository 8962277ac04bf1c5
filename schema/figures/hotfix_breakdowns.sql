-- Hotfixes that finished in a period, by cause, justification and facts: $1 labels, $2 begins, $3 ends (half-open) of the
-- periods; $4 to $7 scope number, service, environment and time range of each scope's targets; $8 the known causes. Rows of
-- (scope, period, key, count) with keys like cause:data, justification:revenue, with:tested; counts of 0 have no row.
WITH period AS (
  SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) AS period (label, begins, ends)
), scope AS (
  SELECT * FROM unnest($4::int[], $5::text[], $6::text[], $7::text[]::tstzrange[]) AS scope (n, service, environment, during)
)
SELECT scope.n AS scope, period.label AS period, k.key, count(*)
FROM scope CROSS JOIN period
CROSS JOIN LATERAL (  -- OFFSET: incidents.sql
  SELECT * FROM deployment d
  WHERE d.service = scope.service AND d.environment = scope.environment
    AND d.finished_at >= greatest(period.begins, lower(scope.during)) AND d.finished_at < least(period.ends, upper(scope.during)) AND d.kind = 'hotfix' OFFSET 0) AS d
CROSS JOIN LATERAL (
  SELECT 'cause:' || CASE WHEN coalesce(d.cause, 'unknown') = 'unknown' THEN 'unknown' WHEN d.cause = ANY ($8::text[]) THEN d.cause ELSE 'other' END
  UNION ALL SELECT 'justification:' || coalesce(d.facts->>'justification', 'none')
  UNION ALL SELECT 'with:' || unnest(d.done)) AS k (key)
GROUP BY scope.n, period.label, k.key
