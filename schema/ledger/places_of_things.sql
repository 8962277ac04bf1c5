SELECT DISTINCT d.service, d.environment
FROM unnest($1::text[], $2::text[]) AS t (source, subject) JOIN deployment d USING (source, subject)
