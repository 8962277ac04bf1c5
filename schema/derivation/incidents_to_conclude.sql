-- Returns the columns of the incidents $1 (ids) from which their conclusions are derived.
SELECT i.id, i.severity, microseconds(i.resolved_at) AS resolved_at, i.facts FROM incident i WHERE i.id = ANY ($1::text[])
