-- Returns the incidents with the ids $1.
SELECT {{> _incident}}
FROM incident i
WHERE i.id = ANY ($1::text[])
