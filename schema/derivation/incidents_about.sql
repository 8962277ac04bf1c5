-- Returns the incidents that failures and conclusions depend on: those attributed to one of the changes $1, those with the ids $2,
-- and all rows of the things $3, $4 (source, subject).
WITH wanted AS (
  SELECT id FROM incident WHERE blamed = ANY ($1::text[])
  UNION SELECT unnest($2::text[])
  UNION SELECT id FROM unnest($3::text[], $4::text[]) AS t (source, subject) JOIN incident USING (source, subject)
)
SELECT {{> _incident}}
FROM wanted JOIN incident i USING (id)
