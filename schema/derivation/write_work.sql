-- What the touched pieces of work ($1, $2) fold to: $3 their rows now. Returns the incidents that they name or named, and
-- the ids of those that name none.
WITH now AS (
  SELECT * FROM jsonb_to_recordset($3::jsonb) AS r (
    id text, source text, subject text, person text, incident text, service text, begins timestamptz, ends timestamptz,
    seconds bigint, at timestamptz)
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
