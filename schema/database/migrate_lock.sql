-- One daemon migrates a schema at a time, while nobody derives in it.
SELECT pg_advisory_xact_lock($1::bigint # of.schema)
FROM (SELECT CASE current_schema() WHEN 'public' THEN 0 ELSE hashtext(current_schema()::text)::bigint << 16 END AS schema) AS of
