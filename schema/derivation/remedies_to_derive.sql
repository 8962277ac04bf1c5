-- Returns the rollbacks and hotfixes whose remediation may depend on changed rows; the caller adds those that changed themselves.
-- $1-$4: targets where deployments changed, from the first of them until the end of the last one's attribution window (service,
-- environment, begins, ends); $5: names of these deployments, by lookup_key(); $6: their commits, where the name and the commit
-- may each be a prefix of the other with at least 7 digits; $7-$9: changed incidents, before and now (blamed, begins, ends); $10:
-- their subjects. OFFSET 0: see events_of_things.sql.
WITH c AS (
  SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[]) AS r (service, environment, begins, ends)
), i AS (
  SELECT * FROM unnest($7::text[], $8::timestamptz[], $9::timestamptz[]) AS r (blamed, begins, ends)
)
SELECT h.id FROM c JOIN deployment h
  ON h.service = c.service AND h.environment = c.environment AND h.kind = 'hotfix' AND h.started_at >= c.begins AND h.started_at <= c.ends
UNION
SELECT h.id FROM unnest($5::text[]) AS known (name)
CROSS JOIN LATERAL (SELECT id FROM deployment h WHERE h.facts ? 'fixes' AND lookup_key((h.facts->>'fixes') COLLATE "C") = known.name OFFSET 0) AS h
UNION
SELECT h.id FROM unnest($6::text[]) AS known (commit)
CROSS JOIN LATERAL (
  SELECT id FROM deployment h
  WHERE h.facts ? 'fixes' AND lookup_key((h.facts->>'fixes') COLLATE "C") >= left(known.commit, 7)
    AND lookup_key((h.facts->>'fixes') COLLATE "C") < known.commit || 'g'
    AND (starts_with(known.commit, lookup_key(h.facts->>'fixes')) OR starts_with(lookup_key(h.facts->>'fixes'), known.commit)) OFFSET 0) AS h
UNION
SELECT h.id FROM i JOIN deployment b ON b.id = i.blamed
JOIN deployment h ON h.service = b.service AND h.environment = b.environment AND h.kind = 'hotfix'
 AND h.started_at >= i.begins AND h.started_at <= coalesce(i.ends, 'infinity')
UNION
SELECT r.by FROM i JOIN remedy r ON r.change = i.blamed WHERE r.way = 'hotfix'
UNION
SELECT h.id FROM deployment h WHERE h.facts ? 'incident' AND h.facts->>'incident' = ANY ($10::text[])
