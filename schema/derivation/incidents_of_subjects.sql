SELECT DISTINCT source, subject FROM incident WHERE subject = ANY ($1::text[])
