-- Incidents as remedies and failures look at them.
SELECT {{> _incident}}
FROM incident i
WHERE i.id = ANY ($1::text[])
