-- Incidents whose blame may depend on the given deployments: those that started while one was in progress or, without
-- another one in between, live; those that blame one; and those whose culprit may mean one. $1: id, service,
-- environment, started_at, finished_at, before and now; $2: their names in small letters; $3: their commits, of which a
-- culprit may be a prefix of 7 digits or more, or they of it.
WITH c AS (
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS r (
    id text, service text, environment text, started_at timestamptz, finished_at timestamptz)
), during AS (
  SELECT c.service, least(c.started_at, c.finished_at) AS begins, coalesce(next.finished_at, 'infinity') AS ends
  FROM c LEFT JOIN LATERAL (
    SELECT d.finished_at FROM deployment d
    WHERE d.service = c.service AND d.environment = c.environment AND d.state = 'succeeded'
      AND d.finished_at > c.finished_at AND d.live IS DISTINCT FROM c.id
    ORDER BY d.finished_at LIMIT 1) AS next ON true
)
SELECT i.source, i.subject FROM during JOIN incident i
  ON i.service = during.service AND i.started_at >= during.begins AND i.started_at <= during.ends
UNION
SELECT i.source, i.subject FROM c JOIN incident i ON i.blamed = c.id
UNION
SELECT i.source, i.subject FROM unnest($2::text[]) AS known (name) JOIN incident i ON i.culprit <> '' AND lower(i.culprit) = known.name
UNION
SELECT i.source, i.subject FROM unnest($3::text[]) AS known (commit) JOIN incident i
  ON i.culprit <> '' AND lower(i.culprit) >= left(known.commit, 7) AND lower(i.culprit) < known.commit || 'g'
 AND (starts_with(known.commit, lower(i.culprit)) OR starts_with(lower(i.culprit), known.commit))
