-- Returns the incidents whose attribution may depend on changed deployments. By time ($1-$5: service, environment, begins, last,
-- live): incidents of the service from the start of the first changed deployment until something else went live after the last
-- one. By rollback ($6: ids): incidents that started while a changed deployment was
-- live again after a rollback. By attribution: incidents attributed to one of $6. By name ($7: names, by lookup_key(); $8:
-- commits): incidents whose culprit may name a changed deployment; the culprit and a commit may each be a prefix of the other with
-- at least 7 digits. OFFSET 0: see events_of_things.sql.
WITH c AS (
  SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::text[])
    AS r (service, environment, begins, last, live)
), during AS (
  SELECT c.service, c.begins, coalesce(next.finished_at, 'infinity') AS ends
  FROM c LEFT JOIN LATERAL (
    SELECT d.finished_at FROM deployment d
    WHERE d.service = c.service AND d.environment = c.environment AND NOT d.is_release AND d.state = 'succeeded'
      AND d.finished_at > c.last AND d.live IS DISTINCT FROM c.live
    ORDER BY d.finished_at LIMIT 1) AS next ON true
  UNION ALL
  SELECT r.service, r.finished_at, coalesce(next.finished_at, 'infinity')
  FROM unnest($6::text[]) AS c (id)
  CROSS JOIN LATERAL (SELECT * FROM deployment r WHERE r.live = c.id AND r.kind = 'rollback' AND NOT r.is_release OFFSET 0) AS r
  LEFT JOIN LATERAL (
    SELECT d.finished_at FROM deployment d
    WHERE d.service = r.service AND d.environment = r.environment AND NOT d.is_release AND d.state = 'succeeded'
      AND d.finished_at > r.finished_at AND d.live IS DISTINCT FROM r.live
    ORDER BY d.finished_at LIMIT 1) AS next ON true
)
SELECT i.source, i.subject FROM during CROSS JOIN LATERAL (
  SELECT * FROM incident i
  WHERE i.service = during.service AND i.started_at >= during.begins AND i.started_at <= during.ends OFFSET 0) AS i
UNION
SELECT i.source, i.subject FROM unnest($6::text[]) AS c (id)
CROSS JOIN LATERAL (SELECT * FROM incident i WHERE i.blamed = c.id OFFSET 0) AS i
UNION
SELECT i.source, i.subject FROM unnest($7::text[]) AS known (name)
CROSS JOIN LATERAL (SELECT * FROM incident i WHERE i.culprit <> '' AND lookup_key(i.culprit) = known.name OFFSET 0) AS i
UNION
SELECT i.source, i.subject FROM unnest($8::text[]) AS known (commit)
CROSS JOIN LATERAL (
  SELECT * FROM incident i
  WHERE i.culprit <> '' AND lookup_key(i.culprit) >= left(known.commit, 7) AND lookup_key(i.culprit) < known.commit || 'g'
    AND (starts_with(known.commit, lookup_key(i.culprit)) OR starts_with(lookup_key(i.culprit), known.commit)) OFFSET 0) AS i
