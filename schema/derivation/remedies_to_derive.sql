-- Rollbacks and hotfixes whose remedy may depend on what changed, beside those that did themselves. $1: where deployments
-- changed, from the first of them until the last one's attribution window ends (service, environment, begins, ends); $2:
-- their names in small letters; $3: their commits, of which a name may be a prefix of 7 digits or more, or they of it; $4:
-- changed incidents before and now (blamed, begins, ends); $5: their subjects. (OFFSET: events_of_things.sql.)
WITH c AS (
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS r (service text, environment text, begins timestamptz, ends timestamptz)
), i AS (
  SELECT * FROM jsonb_to_recordset($4::jsonb) AS r (blamed text, begins timestamptz, ends timestamptz)
)
SELECT h.id FROM c JOIN deployment h
  ON h.service = c.service AND h.environment = c.environment AND h.kind = 'hotfix' AND h.started_at >= c.begins AND h.started_at <= c.ends
UNION
SELECT h.id FROM unnest($2::text[]) AS known (name)
CROSS JOIN LATERAL (SELECT id FROM deployment h WHERE h.facts ? 'fixes' AND lower((h.facts->>'fixes') COLLATE "C") = known.name OFFSET 0) AS h
UNION
SELECT h.id FROM unnest($3::text[]) AS known (commit)
CROSS JOIN LATERAL (
  SELECT id FROM deployment h
  WHERE h.facts ? 'fixes' AND lower((h.facts->>'fixes') COLLATE "C") >= left(known.commit, 7)
    AND lower((h.facts->>'fixes') COLLATE "C") < known.commit || 'g'
    AND (starts_with(known.commit, lower(h.facts->>'fixes')) OR starts_with(lower(h.facts->>'fixes'), known.commit)) OFFSET 0) AS h
UNION
SELECT h.id FROM i JOIN deployment b ON b.id = i.blamed
JOIN deployment h ON h.service = b.service AND h.environment = b.environment AND h.kind = 'hotfix'
 AND h.started_at >= i.begins AND h.started_at <= coalesce(i.ends, 'infinity')
UNION
SELECT r.by FROM i JOIN remedy r ON r.change = i.blamed WHERE r.way = 'hotfix'
UNION
SELECT h.id FROM deployment h WHERE h.facts ? 'incident' AND h.facts->>'incident' = ANY ($5::text[])
