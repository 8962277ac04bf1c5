-- Returns the work that names an incident by one of the subjects $1 and the pieces of work $2, $3 (source, subject), one row for
-- each incident member that they may refer to.
WITH wanted AS (
  SELECT id FROM work WHERE incident <> '' AND incident = ANY ($1::text[])
  UNION SELECT w.id FROM work w JOIN unnest($2::text[], $3::text[]) AS t (source, subject) USING (source, subject)
)
SELECT w.source, w.subject, w.person, w.incident, w.service, microseconds(w.begins) AS begins, microseconds(w.ends) AS ends,
       w.seconds, microseconds(w.at) AS at, coalesce(m.source, '') AS member_source,
       coalesce(m.joined_source, '') AS joined_source, coalesce(m.joined_subject, '') AS joined_subject,
       coalesce(m.position, 0) AS position
FROM wanted JOIN work w USING (id)
LEFT JOIN incident_member m ON w.incident <> '' AND m.subject = w.incident AND NOT m.only_adds_facts
