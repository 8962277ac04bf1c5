-- Replaces the touched pieces of work ($1, $2: source, subject) with the rows $3-$12. Returns the incident names that the old and
-- new rows contain.
WITH now AS (
  SELECT * FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::timestamptz[],
                       $10::timestamptz[], $11::bigint[], $12::timestamptz[])
    AS r (id, source, subject, person, incident, service, begins, ends, seconds, at)
), gone AS (
  DELETE FROM work w USING unnest($1::text[], $2::text[]) AS t (source, subject)
  WHERE w.source = t.source AND w.subject = t.subject AND NOT EXISTS (SELECT FROM now WHERE now.id = w.id)
), written AS (
  INSERT INTO work SELECT * FROM now
  ON CONFLICT (id) DO UPDATE SET person = excluded.person, incident = excluded.incident, service = excluded.service,
    begins = excluded.begins, ends = excluded.ends, seconds = excluded.seconds, at = excluded.at
)
SELECT DISTINCT incident FROM (
  SELECT w.incident FROM work w JOIN unnest($1::text[], $2::text[]) AS t (source, subject) USING (source, subject)
  UNION ALL SELECT incident FROM now) AS named
WHERE incident <> ''
