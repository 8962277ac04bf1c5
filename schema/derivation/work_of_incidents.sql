-- The work that names an incident of the given subjects ($1), and the given pieces of work ($2, $3), with the sources of
-- the incidents that they may mean.
WITH wanted AS (
  SELECT id FROM work WHERE incident <> '' AND incident = ANY ($1::text[])
  UNION SELECT w.id FROM work w JOIN unnest($2::text[], $3::text[]) AS t (source, subject) USING (source, subject)
)
SELECT w.source, w.subject, w.person, w.incident, w.service, microseconds(w.begins) AS begins, microseconds(w.ends) AS ends,
       w.seconds, microseconds(w.at) AS at,
       (SELECT coalesce(jsonb_agg(DISTINCT i.source), '[]') FROM incident i WHERE w.incident <> '' AND i.subject = w.incident) AS sources
FROM wanted JOIN work w USING (id)
