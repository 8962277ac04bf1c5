-- What the touched flag changes ($1, $2) fold to: $3 their rows now.
WITH now AS (
  SELECT * FROM jsonb_to_recordset($3::jsonb) AS r (
    id text, source text, subject text, service text, environment text, flag text, incident text, is_on boolean,
    at timestamptz)
), gone AS (
  DELETE FROM flag_change f USING unnest($1::text[], $2::text[]) AS t (source, subject)
  WHERE f.source = t.source AND f.subject = t.subject AND NOT EXISTS (SELECT FROM now WHERE now.id = f.id)
)
INSERT INTO flag_change SELECT * FROM now
ON CONFLICT (id) DO UPDATE SET service = excluded.service, environment = excluded.environment, flag = excluded.flag,
  incident = excluded.incident, is_on = excluded.is_on, at = excluded.at
