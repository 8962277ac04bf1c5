-- Returns the flag changes with the ids $1 and those that name an incident by one of the subjects $2, one row for each incident
-- that they may refer to.
SELECT f.id, f.source, f.service, f.environment, f.is_on, microseconds(f.at) AS at, i.id AS incident, i.member_source AS incident_source
FROM flag_change f LEFT JOIN (
  SELECT m.subject AS called, m.source AS member_source, i.id
  FROM incident_member m JOIN incident i ON i.source = m.joined_source AND i.subject = m.joined_subject
  WHERE NOT m.only_adds_facts) AS i ON f.incident <> '' AND i.called = f.incident
WHERE f.id = ANY ($1::text[]) OR (f.incident <> '' AND f.incident = ANY ($2::text[]))
