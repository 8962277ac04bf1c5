-- What a source ($1) told of repositories: under ids that begin with $2, of the services $3 in the environment $4 in whatever
-- form, and of the commits $5. Ids are the primary key's, so each is read by its index.
SELECT source, id, type, thing, subject, microseconds(time) AS time, is_override, fields FROM event
WHERE source = $1 AND id IN (
  SELECT id FROM event WHERE source = $1 AND id >= $2 AND id < $2 || '~'
  UNION
  SELECT id FROM event
  WHERE source = $1 AND id >= 'git-' AND id < 'git.' AND thing IN ('deployment', 'incident')
    AND fields->>'service' = ANY ($3::text[]) AND fields->>'environment' = $4
  UNION
  SELECT e.id FROM unnest($5::text[]) AS t (sha)
  CROSS JOIN LATERAL (SELECT e.id FROM event e WHERE e.thing = 'commit' AND e.source = $1 AND e.subject = t.sha OFFSET 0) AS e)
