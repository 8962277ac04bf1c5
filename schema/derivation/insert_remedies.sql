INSERT INTO remedy (id, way, by, change, incident_source, incident_subject, started_at, finished_at)
SELECT id, way, by, nullif(change, ''), nullif(incident_source, ''), nullif(incident_subject, ''), started_at, finished_at
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::timestamptz[])
  AS r (id, way, by, change, incident_source, incident_subject, started_at, finished_at)
