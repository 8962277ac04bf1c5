INSERT INTO remedy (id, way, by, change, incident_source, incident_subject, started_at, finished_at)
SELECT * FROM jsonb_to_recordset($1::jsonb) AS r (
  id text, way text, by text, change text, incident_source text, incident_subject text, started_at timestamptz,
  finished_at timestamptz)
