-- What is concluded about the given incidents depends on this.
SELECT i.id, i.severity, microseconds(i.resolved_at) AS resolved_at, i.facts FROM incident i WHERE i.id = ANY ($1::text[])
