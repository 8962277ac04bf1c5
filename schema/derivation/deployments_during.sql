-- Succeeded deployments that started during incidents: as these are now ($1-$3: service, begins, ends), or as they are
-- stored ($4, $5). What nobody places runs over no stack.
WITH open AS (
  SELECT service, tstzrange(begins, ends) AS during FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) AS r (service, begins, ends)
  UNION ALL
  SELECT i.service, unnest(i.stretches) FROM unnest($4::text[], $5::text[]) AS t (source, subject) JOIN incident i USING (source, subject)
)
SELECT DISTINCT d.service, d.environment, d.day_order, d.source, d.subject, microseconds(d.finished_at) AS finished_at
FROM open JOIN deployment d ON d.service = open.service AND d.service <> '' AND NOT d.is_release AND d.state = 'succeeded' AND coalesce(d.started_at, d.finished_at) <@ open.during
