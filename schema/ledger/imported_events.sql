-- Returns the events that source $1 imported from repositories: those whose id begins with $2; those whose id begins with `git-`
-- for the services $3 in environment $4; and those about the commits $5. The subqueries select ids, so each event is read through
-- the primary key.
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
