-- Changes of the given services that may have the identity of one with these keys ($1-$4: service, version_key, commit,
-- identity_keys). A superset, of any environment. OFFSET keeps each a look into an index.
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
