-- Succeeded deployments that started during incidents: as these are now ($1: service, from, until), or as they are stored
-- ($2, $3). What nobody places runs over no stack.
WITH open AS (
  SELECT r.service, tstzrange(r.from, r.until) AS during FROM jsonb_to_recordset($1::jsonb) AS r (service text, "from" timestamptz, until timestamptz)
  UNION ALL
  SELECT i.service, unnest(i.stretches) FROM unnest($2::text[], $3::text[]) AS t (source, subject) JOIN incident i USING (source, subject)
)
SELECT DISTINCT d.service, d.environment, d.day_order, d.source, d.subject, microseconds(d.finished_at) AS finished_at
FROM open JOIN deployment d ON d.service = open.service AND d.service <> '' AND d.state = 'succeeded' AND coalesce(d.started_at, d.finished_at) <@ open.during
