-- Which of the given deployments ($1-$4: service, environment, version, commit) may have the identity of one that is stored
-- for their place. A superset: of a name that many deployments bear only $5 are looked at. OFFSET keeps each a look into
-- an index.
SELECT g.n
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS g (service, environment, version, commit, n)
CROSS JOIN LATERAL (
  SELECT count(*) AS looked_at, count(*) FILTER (WHERE d.service = g.service AND d.environment = g.environment) AS here
  FROM (SELECT service, environment FROM deployment WHERE version <> '' AND version = g.version LIMIT $5::bigint OFFSET 0) AS d) AS v
CROSS JOIN LATERAL (
  SELECT count(*) AS looked_at, count(*) FILTER (WHERE d.service = g.service AND d.environment = g.environment) AS here
  FROM (SELECT service, environment FROM deployment
        WHERE g.commit <> '' AND commit <> '' AND commit >= left(g.commit, 7) AND commit < g.commit || 'g'
        LIMIT $5::bigint OFFSET 0) AS d) AS c
WHERE v.here > 0 OR c.here > 0 OR v.looked_at = $5::bigint OR c.looked_at = $5::bigint
