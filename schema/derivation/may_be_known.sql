-- Returns the positions (from 1) of the given deployments ($1-$5: service, environment, version_key, commit, identity_keys) that
-- may share an identity with a stored deployment of their target. The result is a superset: at most $6 deployments are checked per
-- name, and a name that reaches this limit counts as a match. OFFSET 0 makes each branch an index lookup.
SELECT g.n
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
  WITH ORDINALITY AS g (service, environment, version_key, commit, identity_keys, n)
CROSS JOIN LATERAL (
  SELECT count(*) AS looked_at, count(*) FILTER (WHERE d.service = g.service AND d.environment = g.environment) AS here
  FROM (SELECT service, environment FROM deployment WHERE version_key <> '' AND version_key = g.version_key LIMIT $6::bigint OFFSET 0) AS d) AS v
CROSS JOIN LATERAL (
  SELECT count(*) AS looked_at, count(*) FILTER (WHERE d.service = g.service AND d.environment = g.environment) AS here
  FROM (SELECT service, environment FROM deployment
        WHERE g.commit <> '' AND commit <> '' AND commit >= left(g.commit, 7) AND commit < g.commit || 'g'
        LIMIT $6::bigint OFFSET 0) AS d) AS c
CROSS JOIN LATERAL (
  SELECT count(*) AS looked_at, count(*) FILTER (WHERE d.service = g.service AND d.environment = g.environment) AS here
  FROM (SELECT service, environment FROM deployment
        WHERE g.identity_keys <> '' AND identity_keys <> '' AND string_to_array(identity_keys, ' ') && string_to_array(g.identity_keys, ' ')
        LIMIT $6::bigint OFFSET 0) AS d) AS i
WHERE v.here + c.here + i.here > 0 OR greatest(v.looked_at, c.looked_at, i.looked_at) = $6::bigint
