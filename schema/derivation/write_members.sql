-- Replaces the memberships of the given reports ($1, $2: source, subject) with the rows $3-$10.
WITH now AS (
  SELECT * FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::int[], $9::boolean[], $10::text[])
    AS r (id, source, subject, joined_source, joined_subject, position, only_adds_facts, evidence)
), gone AS (
  DELETE FROM incident_member m USING unnest($1::text[], $2::text[]) AS t (source, subject)
  WHERE m.source = t.source AND m.subject = t.subject
    AND NOT EXISTS (SELECT FROM now WHERE now.id = m.id)
)
INSERT INTO incident_member AS m
SELECT * FROM now
ON CONFLICT (id) DO UPDATE SET
  position = excluded.position, only_adds_facts = excluded.only_adds_facts, evidence = excluded.evidence
WHERE m IS DISTINCT FROM excluded
