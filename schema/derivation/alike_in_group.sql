-- Returns the ids of changes that may share an identity with a given change of the same service ($1-$4: service, version_key,
-- commit, identity_keys), in any environment. The result is a superset. OFFSET 0 makes each branch an index lookup.
WITH g AS (SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS g (service, version_key, commit, identity_keys))
SELECT d.id FROM g
CROSS JOIN LATERAL (SELECT * FROM deployment WHERE version_key <> '' AND version_key = g.version_key OFFSET 0) AS d
WHERE d.service = g.service AND d.is_change AND NOT d.is_release
UNION
SELECT d.id FROM g
CROSS JOIN LATERAL (
  SELECT * FROM deployment WHERE g.commit <> '' AND commit <> '' AND commit >= left(g.commit, 7) AND commit < g.commit || 'g' OFFSET 0) AS d
WHERE d.service = g.service AND d.is_change AND NOT d.is_release
UNION
SELECT d.id FROM g
CROSS JOIN LATERAL (
  SELECT * FROM deployment
  WHERE g.identity_keys <> '' AND identity_keys <> '' AND string_to_array(identity_keys, ' ') && string_to_array(g.identity_keys, ' ') OFFSET 0) AS d
WHERE d.service = g.service AND d.is_change AND NOT d.is_release
