-- Returns the positions of succeeded deployments that started during an incident: during one of the current intervals ($1-$3:
-- service, begins, ends) or during one of the stored incidents $4, $5 (source, subject). Deployments without a service are
-- excluded because they are in no stack.
WITH open AS (
  SELECT service, tstzrange(begins, ends) AS during FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) AS r (service, begins, ends)
  UNION ALL
  SELECT i.service, unnest(i.stretches) FROM unnest($4::text[], $5::text[]) AS t (source, subject) JOIN incident i USING (source, subject)
)
SELECT DISTINCT d.service, d.environment, d.day_order, d.source, d.subject, microseconds(d.finished_at) AS finished_at
FROM open JOIN deployment d ON d.service = open.service AND d.service <> '' AND NOT d.is_release AND d.state = 'succeeded' AND coalesce(d.started_at, d.finished_at) <@ open.during
