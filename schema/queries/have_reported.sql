-- For each row of the parameters: whether the source ($1) reported things of a type ($2) with a field ($3; empty: any) among the first
-- 5,000 events.
SELECT EXISTS (
  SELECT FROM (SELECT e.fields FROM event e WHERE e.thing = r.thing AND e.source = r.source AND e.type <> 'retraction' LIMIT 5000) AS e
  WHERE r.field = '' OR e.fields ? r.field) AS has
FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS r (source, thing, field, n)
ORDER BY r.n
