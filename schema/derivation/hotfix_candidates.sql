-- Returns the rows that the remediation by a hotfix or rollback may depend on, as (n, role, id, depth, source), from the top of
-- the stack down. n is the position in $1-$10 (day_order, source, subject, service, environment, started_at, finished_at, fixes,
-- incident, attribution window in microseconds), from 1. Roles: `fixes`: a deployment of the same target that it may name;
-- `chain`: an element of the live stack at its start; `open`: an attributed incident that was open at its start; `named`: an
-- incident that it names, with the source that uses the name.
WITH RECURSIVE h AS (
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[],
                       $8::text[], $9::text[], $10::bigint[]) WITH ORDINALITY
    AS r (day_order, source, subject, service, environment, started_at, finished_at, fixes, incident, attribution, n)
), naming AS MATERIALIZED (  -- few rows, which the planner cannot know
  SELECT *, lookup_key(fixes) AS fixes_key FROM h WHERE fixes <> ''
), fixes AS (
  SELECT h.n, d.id, d.live FROM naming h JOIN deployment d
    ON d.id = h.fixes AND d.service = h.service AND d.environment = h.environment
  UNION
  SELECT h.n, d.id, d.live FROM naming h JOIN deployment d
    ON d.release <> '' AND d.release = h.fixes AND d.service = h.service AND d.environment = h.environment
  UNION
  SELECT h.n, d.id, d.live FROM naming h JOIN deployment d
    ON d.subject = h.fixes AND d.service = h.service AND d.environment = h.environment
  UNION
  SELECT h.n, d.id, d.live FROM naming h JOIN deployment d
    ON d.version_key <> '' AND d.version_key = h.fixes_key AND d.service = h.service AND d.environment = h.environment
  UNION
  SELECT h.n, d.id, d.live FROM naming h CROSS JOIN LATERAL generate_series(7, greatest(7, length(h.fixes_key))) AS digits
  JOIN deployment d ON d.commit <> '' AND d.commit = left(h.fixes_key, digits)
   AND d.service = h.service AND d.environment = h.environment
  UNION
  SELECT h.n, d.id, d.live FROM naming h JOIN deployment d
    ON length(h.fixes_key) >= 7 AND d.commit <> '' AND d.commit > h.fixes_key AND d.commit < h.fixes_key || 'g'
   AND d.service = h.service AND d.environment = h.environment
), level AS (
  SELECT h.n, 1 AS depth, d.id, d.below, d.is_change AND d.kind = 'planned' AS found,
         d.finished_at, h.started_at - h.attribution * interval '1 microsecond' AS oldest
  FROM h CROSS JOIN LATERAL (
    SELECT d.live FROM deployment d
    WHERE d.service = h.service AND d.environment = h.environment AND NOT d.is_release AND d.state = 'succeeded'
      AND d.finished_at <= h.started_at AND (d.finished_at, d.day_order, d.source, d.subject) < (h.finished_at, h.day_order, h.source, h.subject)
    ORDER BY d.finished_at DESC, d.day_order DESC, d.source DESC, d.subject DESC LIMIT 1) AS last
  JOIN deployment d ON d.id = last.live
  UNION ALL
  SELECT level.n, level.depth + 1, d.id, d.below, d.is_change AND d.kind = 'planned', d.finished_at, level.oldest
  FROM level JOIN deployment d ON d.id = level.below
  WHERE NOT level.found AND level.finished_at >= level.oldest
)
SELECT n, 'fixes' AS role, id, 0 AS depth, '' AS source FROM fixes
UNION SELECT n, 'fixes', live, 0, '' FROM fixes WHERE live IS NOT NULL
UNION ALL SELECT n, 'chain', id, depth, '' FROM level
UNION ALL
SELECT h.n, 'open', i.id, 0, '' FROM h JOIN incident i ON i.stretches @> h.started_at AND i.blamed IS NOT NULL
UNION ALL
SELECT h.n, 'named', i.id, 0, m.source FROM h JOIN incident_member m ON m.subject = h.incident AND NOT m.only_adds_facts
JOIN incident i ON i.source = m.joined_source AND i.subject = m.joined_subject
WHERE h.incident <> ''
ORDER BY n, role, depth
