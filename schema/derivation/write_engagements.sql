-- Replaces the engagements of the given incidents ($1, $2) and pieces of work ($3, $4) with the rows $5-$16, whose ids are hashes
-- of their content. Returns the targets of the rows that differed.
WITH now AS (
  SELECT *, CASE WHEN r.seconds IS NULL THEN tstzrange(r.at, r.until) END AS during
  FROM unnest($5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[],
              $13::timestamptz[], $14::timestamptz[], $15::bigint[], $16::text[])
    AS r (id, thing, source, subject, service, environment, method, person, at, until, seconds, piece)
), things AS (
  SELECT 'incident' AS thing, * FROM unnest($1::text[], $2::text[]) AS t (source, subject)
  UNION ALL SELECT 'work', * FROM unnest($3::text[], $4::text[]) AS t (source, subject)
), gone AS (
  DELETE FROM engagement e USING things t
  WHERE e.thing = t.thing AND e.source = t.source AND e.subject = t.subject AND NOT EXISTS (SELECT FROM now WHERE now.id = e.id)
  RETURNING e.service, e.environment
), written AS (
  INSERT INTO engagement AS e (id, thing, source, subject, service, environment, method, person, during, at, seconds, piece)
  SELECT id, thing, source, subject, service, environment, method, person, during, at, seconds, piece FROM now
  ON CONFLICT (id) DO NOTHING
  RETURNING e.service, e.environment
)
SELECT * FROM gone UNION SELECT * FROM written
