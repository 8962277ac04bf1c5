-- What failures and decisions look at: the incidents that blame one of the given changes ($1), those of the given ids
-- ($2), and all rows of the given things ($3, $4).
WITH wanted AS (
  SELECT id FROM incident WHERE blamed = ANY ($1::text[])
  UNION SELECT unnest($2::text[])
  UNION SELECT id FROM unnest($3::text[], $4::text[]) AS t (source, subject) JOIN incident USING (source, subject)
)
SELECT {{> _incident}}
FROM wanted JOIN incident i USING (id)
