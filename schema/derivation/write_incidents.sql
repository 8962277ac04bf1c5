-- Replaces the rows of the given incidents ($1, $2: source, subject) with $3-$21: reported values and the attributed change.
-- Returns the ids of rows that changed or were deleted.
WITH now AS (
  SELECT * FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::boolean[], $9::text[], $10::int[],
                       $11::timestamptz[], $12::timestamptz[], $13::timestamptz[], $14::timestamptz[], $15::timestamptz[],
                       $16::text[], $17::text[], $18::jsonb[], $19::jsonb[], $20::text[], $21::text[])
    AS r (id, source, subject, service, environment, production, state, severity, started_at, detected_at, acknowledged_at,
          restored_at, resolved_at, stretches, culprit, facts, overrides, blamed, reason)
), gone AS (
  DELETE FROM incident i USING unnest($1::text[], $2::text[]) AS t (source, subject)
  WHERE i.source = t.source AND i.subject = t.subject AND NOT EXISTS (SELECT FROM now WHERE now.id = i.id)
  RETURNING i.id
), written AS (
  INSERT INTO incident AS i (id, source, subject, service, environment, production, state, severity, started_at,
    detected_at, acknowledged_at, restored_at, resolved_at, stretches, culprit, facts, overrides, blamed, reason)
  SELECT id, source, subject, service, environment, production, state, severity, started_at, detected_at,
    acknowledged_at, restored_at, resolved_at, stretches::tstzmultirange, culprit, facts, overrides, blamed, reason
  FROM now
  ON CONFLICT (id) DO UPDATE SET
    service = excluded.service, environment = excluded.environment, production = excluded.production, state = excluded.state,
    severity = excluded.severity, started_at = excluded.started_at, detected_at = excluded.detected_at,
    acknowledged_at = excluded.acknowledged_at, restored_at = excluded.restored_at, resolved_at = excluded.resolved_at,
    stretches = excluded.stretches, culprit = excluded.culprit, facts = excluded.facts, overrides = excluded.overrides,
    blamed = excluded.blamed, reason = excluded.reason
  WHERE (i.service, i.environment, i.production, i.state, i.severity, i.started_at, i.detected_at, i.acknowledged_at, i.restored_at,
         i.resolved_at, i.stretches, i.culprit, i.facts, i.overrides, i.blamed, i.reason)
    IS DISTINCT FROM (excluded.service, excluded.environment, excluded.production, excluded.state, excluded.severity, excluded.started_at,
         excluded.detected_at, excluded.acknowledged_at, excluded.restored_at, excluded.resolved_at, excluded.stretches,
         excluded.culprit, excluded.facts, excluded.overrides, excluded.blamed, excluded.reason)
  RETURNING i.id
)
SELECT id FROM gone UNION ALL SELECT id FROM written
